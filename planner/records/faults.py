"""What pydantic finds wrong, in words: the place, what was found, what was expected, the nearest valid name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from planner.records.model import Schema
from planner.workbook.names.names import nearest, suggestion

FieldPath = tuple[str | int, ...]
_LONGEST = 60  # of a text that is shown
_ABSENT = object()


def fault(message: str) -> PydanticCustomError:
    """What a validator raises to say in its own words what is wrong with a field."""
    return PydanticCustomError("fault", "{message}", {"message": message})


def faults_of(error: ValidationError, kind: type[BaseModel], data: Any, whole: str) -> list[tuple[str, str]]:
    """(place, message) of everything that is wrong, in the order of `data`; `whole`: what a field is a field of."""
    schema = kind.model_json_schema(schema_generator=Schema)
    message_of: dict[FieldPath, str] = {}
    for problem in error.errors(include_url=False, include_context=True):
        place = _place(problem["loc"], data, problem["type"] == "missing")
        message_of.setdefault(place, _message(problem, schema, place, _value_at(data, place), whole))
    # Of alternatives that all fail, the one that came furthest says why.
    places = sorted(
        (place for place in message_of if not _is_beyond(place, message_of)), key=lambda place: _order(place, data)
    )
    return [(spelled(place), message_of[place]) for place in places]


def _is_beyond(place: FieldPath, places: Mapping[FieldPath, str]) -> bool:
    return any(len(other) > len(place) and other[: len(place)] == place for other in places)


def spelled(place: FieldPath) -> str:
    """`objective[0].value`"""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def shown(value: object) -> str:
    """A value as its file writes it, shortened."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}" if value else "an empty list"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def expected(part: Mapping[str, Any], schema: Mapping[str, Any], many: bool = False) -> str:
    """What a JSON schema asks for, in words: `a whole number from 1 to 28`."""
    part = _resolved(part, schema)
    if "expected" in part:
        return str(part["expected"])
    choices = part.get("enum") or ([part["const"]] if "const" in part else [])
    if choices:
        return f"one of {', '.join(str(choice) for choice in choices)}"
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(expected(option, schema, many) for option in part["anyOf"]))
    one, several = _WORDS[part.get("type", "")]
    text = several if many else one
    if part.get("type") == "array" and "items" in part:
        return f"{text} of {expected(part['items'], schema, many=True)}"
    return text + _range(part)


_WORDS = {
    "string": ("a text", "texts"),
    "integer": ("a whole number", "whole numbers"),
    "number": ("a number", "numbers"),
    "boolean": ("true or false", "true or false"),
    "array": ("a list", "lists"),
    "object": ("a table", "tables"),
    "null": ("null", "null"),
    "": ("something else", "something else"),
}


def _range(part: Mapping[str, Any]) -> str:
    least, most, above = part.get("minimum"), part.get("maximum"), part.get("exclusiveMinimum")
    if above is not None:
        return f" above {above:g}"
    if least is None:
        return "" if most is None else f" up to {most:g}"
    return f" from {least:g} on" if most is None else f" from {least:g} to {most:g}"


def _message(problem: Any, schema: Mapping[str, Any], place: FieldPath, value: Any, whole: str) -> str:
    if problem["type"] == "fault":  # one of our own validators says it in full
        return str(problem["msg"])
    if problem["type"] == "extra_forbidden":
        above = _part_at(schema, place[:-1])
        return f"is no {whole}{suggestion(str(place[-1]), above.get('properties', ()))}"
    part = _part_at(schema, place)
    if problem["type"] == "missing":
        return f"is missing; expected {expected(part, schema)}"
    near = _near(value, part)
    return f"found {shown(value)}, expected {expected(part, schema)}{near}"


def _near(value: object, part: Mapping[str, Any]) -> str:
    near = nearest(value, part["enum"]) if isinstance(value, str) and "enum" in part else None
    return f", did you mean {near!r}?" if near else ""


def _place(where: Sequence[str | int], data: Any, missing: bool) -> FieldPath:
    """The place in `data`: pydantic also names the alternatives that it tried, which are not there."""
    place: list[str | int] = []
    for number, part in enumerate(where):
        inner = _step(data, part)
        if inner is not _ABSENT:
            data = inner
            place.append(part)
        elif missing and number == len(where) - 1:
            place.append(part)
    return tuple(place)


def _order(place: FieldPath, data: Any) -> list[int]:
    """Where a place comes in `data`; what is missing comes last."""
    order = []
    for part in place:
        order.append(list(data).index(part) if isinstance(data, Mapping) and part in data else _as_number(part))
        data = _step(data, part)
    return order


def _as_number(part: str | int) -> int:
    return part if isinstance(part, int) else 10**9


def _value_at(data: Any, place: FieldPath) -> Any:
    for part in place:
        data = _step(data, part)
    return data


def _step(data: Any, part: str | int) -> Any:
    """What stands in `data` under a name or number; _ABSENT where nothing does."""
    if isinstance(data, Mapping):
        return data.get(part, _ABSENT)
    if isinstance(part, int) and isinstance(data, (list, tuple)) and part < len(data):
        return data[part]
    return _ABSENT


def _part_at(schema: Mapping[str, Any], place: FieldPath) -> Mapping[str, Any]:
    """What the JSON schema says of a place in what it describes."""
    part = _resolved(schema, schema)
    for step in place:
        options = [_resolved(option, schema) for option in part.get("anyOf", (part,))]
        part = _resolved(
            next((inner for option in options if (inner := _inside(option, step)) is not None), {}), schema
        )
    return part


def _inside(part: Mapping[str, Any], step: str | int) -> Mapping[str, Any] | None:
    inner = part.get("items") if isinstance(step, int) else part.get("properties", {}).get(step)
    if inner is None and isinstance(step, str) and isinstance(part.get("additionalProperties"), Mapping):
        inner = part["additionalProperties"]
    return inner


def _resolved(part: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in part:
        rest = {key: value for key, value in part.items() if key != "$ref"}
        part = schema["$defs"][str(part["$ref"]).rsplit("/", 1)[-1]] | rest
    return part
