"""How a result that is kept on disk (`planner.options.kept_results`) spells tables and arrays: each number to its last
digit.

Results that have them are dataclasses: the lowest version of pydantic that is admitted does not look at the fields of a
NamedTuple.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import PlainSerializer, PlainValidator

from planner.records.run import RunRecord
from planner.solver.highs import Basis


def _spelled_array(array: NDArray[Any]) -> list[str]:
    return [array.dtype.str, b64encode(zlib.compress(array.tobytes(), 1)).decode("ascii")]


def _array(spelled: tuple[str, str]) -> NDArray[Any]:
    kind, content = spelled
    return np.frombuffer(zlib.decompress(b64decode(content)), np.dtype(kind)).copy()


def _spelled_basis(basis: Basis) -> list[list[str]]:
    return [_spelled_array(basis.columns), _spelled_array(basis.rows)]


def _basis(spelled: tuple[tuple[str, str], tuple[str, str]]) -> Basis:
    return Basis(*map(_array, spelled))


def _spelled_table(table: pd.DataFrame) -> dict[str, Any]:
    """By column its type and values. A result table has no index but the places of its rows."""
    return {
        "rows": len(table),
        "columns": [[name, str(column.dtype), column.tolist()] for name, column in table.items()],
    }


def _table(spelled: dict[str, Any]) -> pd.DataFrame:
    columns = {name: pd.Series(values, dtype=kind) for name, kind, values in spelled["columns"]}
    return pd.DataFrame(columns, index=range(spelled["rows"]), columns=list(columns))


KeptArray = Annotated[NDArray[Any], PlainValidator(_array), PlainSerializer(_spelled_array)]
KeptBasis = Annotated[Basis, PlainValidator(_basis), PlainSerializer(_spelled_basis)]
KeptTable = Annotated[pd.DataFrame, PlainValidator(_table), PlainSerializer(_spelled_table)]
KeptRecord = Annotated[RunRecord, PlainValidator(RunRecord.model_validate), PlainSerializer(RunRecord.document)]
