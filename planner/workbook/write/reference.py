"""The reference page: every table and column of the input and of the results, from their declarations.

    python -m planner.workbook.write.reference [PATH]

writes it anew (default `docs/reference.md`); a test holds the page to the declarations.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from planner import catalogue
from planner.catalogue import FamilyEntry
from planner.paths import PACKAGE
from planner.schemas import schema, schema_names
from planner.workbook.schema import MONEY, PER_UNIT, QUANTITY, RATE, SETTINGS, TABLES, Column, Table
from planner.workbook.write.results import RESULT_TABLES

PAGE = PACKAGE.parent / "docs" / "reference.md"

KIND_WORDS = {
    "name": "name",
    "text": "text",
    "number": "number",
    "integer": "whole number",
    "yes_no": "yes/no",
    "choice": "choice",
    "period": "period",
    "strikes": "periods",
    "names": "list of names",
    "choices": "list",
    "shares": "shares",
    "any": "as typed",
}

JsonSchema = Mapping[str, Any]

INTRODUCTION = """\
# Reference

<!-- Written by `python -m planner.workbook.write.reference`; change the schema, not this page. -->

The input is an Excel workbook with one sheet per table, or a folder of CSV files of the same names. The first
row holds the column names; case, spaces, `_`, `-` and a unit in brackets do not matter. A blank cell means the
default. Lists inside a cell are separated by `;`. `{currency}` is the currency of Settings, `share` a number
from 0 to 1. `planner template` writes a workbook with all of this, help on every header, and example rows;
`planner check` names every fault by sheet and cell.

Kinds of cell: a **period** is a date, `2026-03`, `2026-Q1`, its number, or an event with an offset
(`ceasefire+3`); **shares** are written `PL:0.7; US:0.3`; a **name** refers to the table given under
*allowed*. Sheets and columns whose names begin with `#` or `note` are yours.
"""


def _magnitudes() -> str:
    """What numbers may be besides 0."""
    kinds = (
        ("quantities, capacities and weights of importance", QUANTITY),
        ("money, in all and per unit", MONEY),
        ("what a unit weighs, takes up or needs", PER_UNIT),
        ("shares, rates, ratios and days", RATE),
    )
    text = "; ".join(f"{words} {least:g} to {largest:g}" for words, (least, largest) in kinds)
    return f"A number is 0 or within these bounds, in which a plan is computed right: {text}.\n"


def kind_text(column: Column) -> str:
    """The kind of cell, in words."""
    return KIND_WORDS[column.kind]


def unit_text(column: Column, currency: str = "{currency}") -> str:
    """The unit, `{currency}` replaced."""
    return column.unit.replace("{currency}", currency)


def default_text(column: Column) -> str:
    """`required`, the default, or nothing where blank means `not given`."""
    if column.required:
        return "required"
    if column.default is None or column.default == "":
        return ""
    if isinstance(column.default, bool):
        return "yes" if column.default else "no"
    return f"{column.default:g}" if isinstance(column.default, float) else str(column.default)


def allowed_text(column: Column) -> str:
    """Choices, bounds, or the tables that a name must be found in."""
    if column.choices:
        return ", ".join(column.choices)
    parts = [bounds_text(column)] if bounds_text(column) else []
    if column.refers:
        parts.append(" or ".join(word.replace("_", " ") for word in column.refers))
    return "; ".join(parts)


def bounds_text(column: Column) -> str:
    """`0 … 1`, `above 0`, `at least 0` or nothing."""
    low, high = column.minimum, column.maximum
    if column.positive:
        return "above 0" + (f", at most {high:g}" if high is not None else "")
    if low is not None and high is not None:
        return f"{low:g}" if low == high else f"{low:g} … {high:g}"
    if low is not None:
        return f"at least {low:g}"
    return f"at most {high:g}" if high is not None else ""


def reference_page() -> str:
    """The whole page as Markdown."""
    blocks: Iterable[str] = (INTRODUCTION, _magnitudes(), *_input(), *_results(), *_records(), *_model())
    return "\n".join(blocks)


def _input() -> Iterator[str]:
    yield "## Input tables\n"
    yield "".join(f"- [{table.name}](#{table.name.lower()}): {table.help}\n" for table in TABLES)
    for table in TABLES:
        yield f"### {table.name}\n"
        yield f"{table.help} {_remarks(table)}\n"
        if table.name == "Settings":
            yield "One row per setting: `key`, `value`. The keys:\n"
        yield _columns(SETTINGS if table.name == "Settings" else table.columns, _first_word(table))


def _first_word(table: Table) -> str:
    return "key" if table.name == "Settings" else "column"


def _remarks(table: Table) -> str:
    remarks = ["Required." if table.required else "May be missing or empty."]
    if table.key and table.adds_up:
        remarks.append(f"Rows with the same {', '.join(table.key)} add up.")
    elif table.key:
        remarks.append(f"One row for each {', '.join(table.key)}.")
    if table.wide:
        remarks.append("Instead of `period` and `quantity`, one column per period is accepted.")
    return " ".join(remarks)


def _columns(columns: Sequence[Column], first: str) -> str:
    rows = [
        (
            f"`{column.name}`",
            kind_text(column),
            unit_text(column),
            default_text(column),
            allowed_text(column),
            column.help,
        )
        for column in columns
    ]
    return _grid((first, "kind", "unit", "default", "allowed", "meaning"), rows)


def _results() -> Iterator[str]:
    yield "## Result tables\n"
    yield (
        "A run folder holds them as CSV files in `tables/`: one row for each value that is not zero, periods as\n"
        "numbers 1…P, numbers in full precision.\n"
    )
    for name, table in RESULT_TABLES.items():
        yield f"### tables/{name}.csv\n"
        yield f"{table.help}\n"
        rows = [(f"`{column}`", unit, meaning) for column, (unit, meaning) in table.columns.items()]
        yield _grid(("column", "unit", "meaning"), rows)


def _records() -> Iterator[str]:
    """What the commands leave for programs, from the JSON schemas; run.json first."""
    for name in schema_names():
        schema_of = schema(name)
        yield f"## {name}.json\n"
        yield f"{schema_of['description']} Its JSON schema is `planner/schemas/{name}.json`.\n"
        yield _grid(("key", "kind", "unit", "meaning"), list(_keys(schema_of, schema_of.get("$defs", {}), "")))


def _keys(part: JsonSchema, parts: JsonSchema, prefix: str) -> Iterator[tuple[str, str, str, str]]:
    """A row for each key of an object, with those of the objects inside it."""
    for key, entry in part.get("properties", {}).items():
        inner = [_resolved(option, parts) for option in entry.get("anyOf", (entry,))]
        unit = next((stated for option in inner if (stated := _unit(option, parts))), "")
        meaning = entry.get("description") or inner[0].get("description", "")
        yield (
            f"`{prefix}{key}`",
            " or ".join(dict.fromkeys(_json_kind(option, parts) for option in inner)),
            unit,
            meaning,
        )
        for option in inner:
            for step, within in _inside(option):
                yield from _keys(_resolved(within, parts), parts, f"{prefix}{key}{step}.")


def _inside(part: JsonSchema) -> Iterator[tuple[str, JsonSchema]]:
    yield "", part
    for step, name in (("[]", "items"), (".NAME", "additionalProperties")):
        if isinstance(part.get(name), Mapping):
            yield step, part[name]


def _unit(part: JsonSchema, parts: JsonSchema) -> str:
    """The unit of a number, of the numbers in a list, or of those by name; blank where there is none."""
    part = _resolved(part, parts)
    if part.get("unit") in ("1", "ordinal"):
        return ""
    inner = [*part.get("anyOf", ()), *(within for _, within in _inside(part) if within is not part)]
    return str(part["unit"]) if "unit" in part else next((unit for one in inner if (unit := _unit(one, parts))), "")


def _json_kind(part: JsonSchema, parts: JsonSchema) -> str:
    part = _resolved(part, parts)
    if "enum" in part:
        return ", ".join(str(value) for value in part["enum"])
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(_json_kind(option, parts) for option in part["anyOf"]))
    kind = str(part.get("type", ""))
    if kind == "array":
        return f"list of {_in_brackets(_json_kind(part['items'], parts))}"
    if isinstance(part.get("additionalProperties"), Mapping):
        return f"{_in_brackets(_json_kind(part['additionalProperties'], parts))} by name"
    return kind


def _in_brackets(kind: str) -> str:
    return f"({kind})" if " or " in kind else kind


def _resolved(part: JsonSchema, parts: JsonSchema) -> JsonSchema:
    if "$ref" not in part:
        return part
    return {**parts[str(part["$ref"]).rsplit("/", 1)[-1]], **part}


def _model() -> Iterator[str]:
    full = catalogue.load("full")
    yield "## The model\n"
    yield (
        "Families of variables and constraints of the full model. `solve --model NAME` chooses another:\n"
        + ", ".join(f"`{name}` ({catalogue.load(name).title})" for name in catalogue.model_names())
        + ".\n"
    )
    yield "### Variables\n"
    yield _families(full.variables.values(), with_dual=False)
    yield "### Constraints\n"
    yield "The dual of a row, its price, is in `tables/prices.csv`.\n"
    yield _families(full.constraints.values(), with_dual=True)
    yield "### Rules without rows\n"
    yield _grid(("rule", "meaning"), [(f"`{rule.name}`", rule.meaning) for rule in full.rules.values()])
    yield "### Objective levels\n"
    yield "In this order; levels without data are skipped.\n"
    numbers = full.level_numbers
    levels = [(str(numbers[x.name] or "·"), f"`{x.name}`", x.title, x.unit) for x in full.levels]
    yield _grid(("", "level", "title", "unit"), levels)
    if full.spare_levels:
        yield "Only in models that ask for them:\n"
        yield _grid(("level", "title", "unit"), [(f"`{x.name}`", x.title, x.unit) for x in full.spare_levels])


def _families(families: Iterable[FamilyEntry], with_dual: bool) -> str:
    heads = (
        ("family", "meaning", "for each", "unit", "its price is")
        if with_dual
        else ("family", "meaning", "for each", "unit")
    )
    rows = [
        (f"`{family.name}`", family.meaning, family.indices, family.unit, family.dual)[: len(heads)]
        for family in families
    ]
    return _grid(heads, rows)


def _grid(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the reference page, to a path or by default to docs/reference.md. Returns the exit code."""
    path = Path(arguments[0]) if arguments else PAGE
    path.write_text(reference_page(), encoding="utf-8", newline="\n")
    print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
