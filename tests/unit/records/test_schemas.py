"""The published JSON schemas are those of the models, and say what every field is and in what unit it counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from planner.schemas import FOLDER, schema, schema_names, text_of


@pytest.mark.parametrize("name", schema_names())
def test_the_published_schema_is_that_of_the_model(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == text_of(name), "run: python -m planner.schemas"


def test_nothing_is_published_beside_them() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(schema_names())


@pytest.mark.parametrize("name", schema_names())
def test_every_schema_is_one_and_closed(name: str) -> None:
    found = schema(name)
    jsonschema.Draft202012Validator.check_schema(found)
    for part in (found, *found.get("$defs", {}).values()):
        assert part["additionalProperties"] is False
        assert set(part.get("required", ())) <= set(part["properties"])


@pytest.mark.parametrize("name", schema_names())
def test_every_field_has_a_meaning_and_every_number_a_unit(name: str) -> None:
    found = schema(name)
    for part in (found, *found.get("$defs", {}).values()):
        assert part["description"]
        for key, field in part["properties"].items():
            inner = found["$defs"][field["$ref"].rsplit("/", 1)[-1]] if "$ref" in field else {}
            assert field.get("description") or inner["description"], key
            for number in _numbers(field):
                assert "unit" in number or "enum" in number, f"{part['title']}.{key}"
                if number.get("unit") == "as `unit` says":
                    assert "unit" in part["properties"], f"{part['title']}.{key}"


def _numbers(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if part.get("type") in ("number", "integer"):
        yield part
    inner = [*part.get("anyOf", ()), part.get("items"), part.get("additionalProperties")]
    for one in inner:
        if isinstance(one, dict):
            yield from _numbers(one)


def test_an_unknown_record_is_named() -> None:
    with pytest.raises(KeyError, match="'runs' is no record; expected one of run, alternatives"):
        schema("runs")
