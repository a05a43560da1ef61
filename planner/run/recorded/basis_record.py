"""basis.json: the basis of a plan, from which an analysis of the plan proves its levels in place of solving them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from planner.errors import UsageError
from planner.records.model import Record
from planner.records.reading import read_record, write_record
from planner.solver.highs import Basis

FILE = "basis.json"
ZERO = ord("0")
Codes = Annotated[str, Field(pattern="^[0-4]*$")]


class BasisRecord(Record):
    """The basis that a plan was proved optimal with: a digit for each column and row of its linear program, in order.

    0 at its lower bound, 1 basic, 2 at its upper bound, 3 free at zero, 4 nonbasic. It saves time and decides nothing:
    whoever starts from it proves each level anew, and solves the program where that fails or the file is not there.
    """

    columns: Codes = Field(description="A digit for each column.")
    rows: Codes = Field(description="A digit for each row.")


def write_basis(basis: Basis, folder: Path) -> None:
    """Write basis.json into a run folder."""
    write_record(BasisRecord(columns=_digits(basis.columns), rows=_digits(basis.rows)), folder / FILE)


def read_basis(folder: Path) -> Basis | None:
    """The basis of a run folder; None where it has none that can be read."""
    try:
        record = read_record(folder / FILE, BasisRecord)
    except UsageError:
        return None
    return Basis(_codes(record.columns), _codes(record.rows))


def _digits(codes: NDArray[np.int8]) -> str:
    return (codes + ZERO).astype(np.uint8).tobytes().decode("ascii")


def _codes(digits: str) -> NDArray[np.int8]:
    return (np.frombuffer(digits.encode("ascii"), dtype=np.uint8) - ZERO).astype(np.int8)
