"""What is declared in a TOML file: the base of its models, kinds of their fields, and the reading of one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, WithJsonSchema

from planner.errors import Fault, InputError
from planner.records.faults import faults_of
from planner.shares import share_of
from planner.workbook.kind import TOML, what_is
from planner.workbook.names.names import few, nearest

DeclarationT = TypeVar("DeclarationT", bound="Declaration")
Table = dict[str, Any]


class Declaration(BaseModel):
    """A table of a TOML file: frozen, strict, no unknown keys."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, protected_namespaces=(), validate_by_name=True, validate_by_alias=True
    )


def read_table(path: Path, what: str, error: type[InputError] = InputError) -> Table:
    """The TOML file `path`, a `what` such as "schedule". Raises `error` where it is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise error([Fault(path.name, f"there is no such file; expected a {what} in TOML")]) from None
    except RecursionError:
        raise error([Fault(path.name, f"is TOML nested too deeply; expected a {what}")]) from None
    except (OSError, ValueError) as problem:  # no TOML or no UTF-8
        kind = what_is(path)
        message = f"is no TOML: {problem}" if kind == TOML else f"is {kind}; expected a {what} in TOML"
        raise error([Fault(path.name, message)]) from problem


def declared(
    table: Mapping[str, Any],
    path: Path,
    kind: type[DeclarationT],
    what: str,
    error: type[InputError] = InputError,
    default: Mapping[str, Any] = MappingProxyType({}),
) -> DeclarationT:
    """What `table` declares, read from `path`; paths in it are relative to its folder.

    `default`: keys that may be left out.

    Raises `error`: every fault by key, or one where most keys are those of something else.
    """
    keys = [field.alias or name for name, field in kind.model_fields.items()]
    strange = [key for key in table if nearest(key, keys) is None]
    if len(strange) > len(table.keys() & set(keys)):
        message = f"is no {what}: it has the keys {few(strange)}; expected those of a {what}: {few(keys)}"
        raise error([Fault(path.name, message)])
    table = {**default, **table}
    try:
        return kind.model_validate(table, context=path.resolve(), by_alias=True, by_name=False)
    except ValidationError as problem:
        faults = faults_of(problem, kind, table, f"key of a {what}")
        raise error([Fault(f"{path.name}: {key}", message) for key, message in faults]) from problem


def folder_of(info: ValidationInfo) -> Path:
    """The folder of the file that is being read."""
    return info.context.parent if isinstance(info.context, Path) else Path()


def _share(stated: Any) -> Any:
    """A number, or a text with the sign: 0.15 or "15%"."""
    if isinstance(stated, str):
        return share_of(stated) if stated.strip().endswith("%") else stated
    return share_of(str(stated)) if isinstance(stated, int | float) and not isinstance(stated, bool) else stated


def _path(stated: Any, info: ValidationInfo) -> Any:
    return (folder_of(info) / stated).resolve() if isinstance(stated, str) and stated.strip() else stated


Text = Annotated[str, Field(pattern=r"\S"), WithJsonSchema({"type": "string", "expected": "a text"})]
Texts = Annotated[
    tuple[Text, ...],
    Field(min_length=1, strict=False),
    WithJsonSchema({"type": "array", "expected": "a list of texts"}),
]
ShareOf = Annotated[
    float,
    BeforeValidator(_share),
    WithJsonSchema({"type": ["number", "string"], "expected": 'a share such as 0.15 or "15%"'}),
]
Whole = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
FilePath = Annotated[Path, BeforeValidator(_path), WithJsonSchema({"type": "string", "expected": "a text"})]
