"""The base of all records: frozen, strict, no unknown fields, each field with a description and a unit."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema


class Unit:
    """The unit of a field, beside its type: `Annotated[float, Unit("s")]`. It stands in the JSON schema as `unit`."""

    def __init__(self, unit: str) -> None:
        self.unit = unit

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: Any) -> JsonSchemaValue:
        unit_schema: JsonSchemaValue = handler(schema)
        return {**unit_schema, "unit": self.unit}


Seconds = Annotated[float, Unit("s")]
Mebibytes = Annotated[float, Unit("MiB")]
Money = Annotated[float, Unit("currency")]
Share = Annotated[float, Unit("1")]  # 0.15 is 15 %
OfItem = Annotated[float, Unit("unit of the item")]
InUnit = Annotated[float, Unit("as `unit` says")]
OfLevel = Annotated[float, Unit("unit of the level")]
AsHeadline = Annotated[float, Unit("as in tables/headline.csv")]
AsCell = Annotated[float, Unit("as the cell")]  # of the input, money in the currency of Settings
Count = Annotated[int, Unit("1"), Field(ge=0)]  # how many
Number = Annotated[int, Unit("ordinal")]  # which one
Year = Annotated[int, Unit("fiscal year")]
Sha256 = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{64}$"),
    WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$", "expected": "a checksum of 64 hexadecimal digits"}),
]
Moment = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$",
                    "expected": "a moment such as 2026-03-01T02:00:00Z"}),
]  # fmt: skip
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), WithJsonSchema(
    {"type": "string", "format": "date", "expected": "a day such as 2026-03-01"})]  # fmt: skip


class Record(BaseModel):
    """A part of a record, or all of it.

    A field is left out of the file where it has its default: None where it is not known. A field without default always
    stands there. One that joins a record that is read again has a default that is true of all records without it.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, protected_namespaces=(), validate_by_name=True, validate_by_alias=True
    )

    @model_validator(mode="before")
    @classmethod
    def _in_own_types(cls, stated: Any) -> Any:
        return plain(stated) if isinstance(stated, Mapping) else stated

    def but(self, **changes: Any) -> Self:
        """The same with other values for some fields, checked anew. Raises pydantic.ValidationError."""
        known = {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
        return type(self).model_validate(known | changes, by_name=True)

    def document(self) -> dict[str, Any]:
        """As the JSON file has it: the fields that are known, in their order, under the names of the file."""
        return self.model_dump(by_alias=True, exclude_defaults=True)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Its JSON schema (draft 2020-12); `unit` beside each number."""
        return cls.model_json_schema(schema_generator=Schema)


class Schema(GenerateJsonSchema):
    """JSON schemas without titles of fields; what may be left out may not be null instead."""

    def field_title_should_be_set(self, _: Any) -> bool:
        """No: the name of a field says as much."""
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Without null where None only stands for a field that is left out of the file."""
        inner = schema["schema"]
        if schema.get("default", ...) is None and inner["type"] == "nullable":
            return self.generate_inner(inner["schema"])
        return super().default_schema(schema)


def plain(value: Any) -> Any:
    """`value` in the types of a record: numbers of numpy as Python's, lists and sets as tuples, no NaN and no infinity.

    JSON knows neither; they become null. Parts that are records already stay as they are.
    """
    if isinstance(value, BaseModel):
        return value
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return tuple(plain(entry) for entry in (sorted(value) if isinstance(value, (set, frozenset)) else value))
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        value = value.item()
    return None if isinstance(value, float) and not isfinite(value) else value
