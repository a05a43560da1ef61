"""The rows of a result table: page by page, and as CSV or Excel; and the files of a run."""

from __future__ import annotations

import re
from math import ceil

import pandas as pd
from openpyxl import Workbook
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from planner.desk.desk import Desk, Seen, number_of, page, render, seen
from planner.desk.opened.tables import title_of, view_of
from planner.desk.pages.contents import PAGES
from planner.desk.pages.reading import FILES, head
from planner.run.tables import table_text
from planner.workbook.write.saving import content_of

ROWS = 200  # on a page
MOST_SHEET_ROWS = 1_048_575  # that Excel takes below a header
# What begins a formula in a spreadsheet: in a cell, or behind what another country's spreadsheet takes for the end of
# one.
FORMULA = re.compile(r"(^|[;|\t\r\n]\s*)(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def routes(desk: Desk) -> list[Route]:
    """The addresses."""
    return [
        Route("/runs/{run:number}/tables/{table:str}.csv", page(desk, _csv)),
        Route("/runs/{run:number}/tables/{table:str}.xlsx", page(desk, _excel)),
        Route("/runs/{run:number}/tables/{table:str}", page(desk, _rows)),
        Route("/runs/{run:number}/files/{name:str}", page(desk, _file)),
    ]


def _asked(desk: Desk, request: Request) -> tuple[Seen, str, pd.DataFrame]:
    run = seen(desk, request, number_of(request))
    name = request.path_params["table"]
    if name not in run.tables:
        raise HTTPException(404, "This run has no such table.")
    return run, name, run.tables[name]


def _rows(desk: Desk, request: Request) -> Response:
    run, name, table = _asked(desk, request)
    pages = max(ceil(len(table) / ROWS), 1)
    page_text = request.query_params.get("page", "1")
    current = min(max(int(page_text), 1), pages) if page_text.isdecimal() and len(page_text) < 10 else 1
    view = view_of(name, table, run.calendar, run.titles, (current - 1) * ROWS, ROWS)
    home = next((one for one in PAGES if name.removesuffix("_others") in one.tables), None)
    return render(
        request,
        "run/rows.html.j2",
        **head(run, home),
        view=view,
        name=name,
        table_title=title_of(name),
        rows=len(table),
        current=current,
        last=pages,
        from_row=(current - 1) * ROWS + 1,
    )


def _csv(desk: Desk, request: Request) -> Response:
    run, name, table = _asked(desk, request)
    return download(
        table_text(_inert(table)).encode("utf-8"), f"run-{run.number}-{name}.csv", "text/csv; charset=utf-8"
    )


def _inert(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before each text, or part of one, that a spreadsheet would take for a formula."""
    changed = table.copy()
    for name, values in table.items():
        if values.dtype.kind not in "iufb":
            changed[name] = pd.Series(map(_as_text, values), index=table.index, dtype=object)
    return changed


def _as_text(value: object) -> object:
    return FORMULA.sub(r"\1'", value) if isinstance(value, str) else value


def _excel(desk: Desk, request: Request) -> Response:
    run, name, table = _asked(desk, request)
    if len(table) > MOST_SHEET_ROWS:
        raise HTTPException(413, "These are more rows than a sheet takes; the CSV file has them all.")
    return download(_book(name, table), f"run-{run.number}-{name}.xlsx", SHEET)


def _book(name: str, table: pd.DataFrame) -> bytes:
    """One sheet; texts stay texts, also those that begin like a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.append([str(column) for column in table.columns])
    for row in table.astype(object).where(table.notna(), None).itertuples(index=False):
        sheet.append([_cell(sheet, value) for value in row])
    return content_of(book)


def _cell(sheet: object, value: object) -> object:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if not isinstance(value, str) or not value:
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))  # type: ignore[arg-type]
    cell.data_type = "s"
    return cell


def download(content: bytes, name: str, kind: str) -> Response:
    """A file to be saved, of this content, name and media type."""
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _file(desk: Desk, request: Request) -> Response:
    """A file of the run folder, as a download: what stands in it is not run as a page of the desk."""
    run, name = seen(desk, request, number_of(request)), request.path_params["name"]
    path = run.opened.run.folder / name
    if not run.has_all or name not in FILES or not run.opened.run.stands or not path.is_file():
        raise HTTPException(404, "There is no such file.")
    return FileResponse(path, filename=f"run-{run.number}-{name}", content_disposition_type="attachment")
