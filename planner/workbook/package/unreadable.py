"""Why a file cannot be read as a workbook, in the user's words."""

from __future__ import annotations

from collections.abc import Sequence

SAVE_AGAIN = "open it in Excel (or another spreadsheet program) and save it again as .xlsx"


class UnreadableError(Exception):
    """The file is not a workbook that can be read; the message says why, and what to do."""


class NoWorkbookError(UnreadableError):
    """The file is of another kind; whoever has its path can say which."""

    def __init__(self) -> None:
        super().__init__("is not an Excel workbook (.xlsx)")


class DoubtfulError(UnreadableError):
    """Two programs could read the file differently, so none of it is taken: `found` says what, the message also why."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(f"{found}: programs may read it differently; {SAVE_AGAIN}")


class CellsError(UnreadableError):
    """Cells for whose sake the file is refused: `problem` is what is said of each of `cells` of the sheet."""

    def __init__(self, sheet: str, cells: Sequence[str], problem: str) -> None:
        self.sheet, self.cells, self.problem = sheet, cells, problem
        super().__init__(f"the sheet {sheet}, {' and '.join(cells)}: {problem}")


def doubtful_cell(sheet: str, cell: str, found: str) -> CellsError:
    """A cell that two programs could read differently."""
    return CellsError(sheet, [cell], f"found {found}: programs may read it differently; {SAVE_AGAIN}")
