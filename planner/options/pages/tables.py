"""The tables of compare.html, each a `View`; all rows of all options are in compare.xlsx."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from planner.options.changes.option import BASE
from planner.options.comparison import Comparison
from planner.options.outcome import OptionOutcome
from planner.options.pages import wording
from planner.options.pages.ranks import Ranks
from planner.options.record import CompareRecord
from planner.report.pages.views import View, ViewCell, ViewColumn
from planner.report.words.names import without_commitment
from planner.report.words.numbers import Money, number

MOST_COLUMNS = 7  # options side by side in one table
MOST_ROWS = 40
MOST_EDITS, MOST_MOVES = 12, 5  # shown of one option
BOOK = "compare.xlsx"
Level = tuple[str, str, str]  # name, title, unit


def _compared(
    value: float | None, base: float | None, unit: str, money: Money, better: str, *, is_base: bool
) -> ViewCell:
    """A value with its difference from the base's below it, and whether that is better or worse, in words."""
    text = wording.figure(value, unit, money)
    if is_base or value is None or base is None:
        return ViewCell(value, text=text)
    difference = wording.difference(value - base, unit, money, base)
    judged = "" if difference in ("=", "–") else wording.better(value - base, better)
    return ViewCell(value, f"{difference} {judged}".rstrip(), text)


# ── Which option does best ───────────────────────────────────────────────────────────────────────


def answer(comparison: Comparison, record: CompareRecord, money: Money) -> View:
    """The options with a plan, best first: what each delivers and costs, and who pays and produces more or less for
    it.
    """
    shares = [("fill_rate", "Delivered, of what is wanted")]
    shares += [("expected_coverage", "Covered if attacked")] if comparison.tells_coverage else []
    figures = [
        *((name, title, "share") for name, title in shares),
        ("delivered", "Goods delivered", wording.goods_unit(record.measure, money)),
    ]
    parts = [("contributed", "Who pays more or less"), ("produced", "Who produces more or less")]
    columns_of_nations = [
        (title, answer_to) for measure, title in parts if (answer_to := wording.moved(comparison, measure, money))
    ]
    rows = []
    for outcome in _best_first(comparison):
        cells = [_of_base(comparison, outcome, name, unit, money, "more") for name, _, unit in figures]
        spent, before = wording.spent(comparison, outcome.name), wording.spent(comparison, BASE)
        cells.append(_compared(spent, before, money.currency, money, "", is_base=outcome.name == BASE))
        whose = [answer_to.get(outcome.name, "") for _, answer_to in columns_of_nations]
        rows.append((_named(outcome, record), comparison.ranks[outcome.name], *cells, *whose))
    columns = (
        ViewColumn("Option"),
        ViewColumn("Rank", "whole", strong=True),
        *(ViewColumn(title, "quantity", money.heading_unit(unit)) for _, title, unit in figures),
        ViewColumn(wording.spent_title(comparison), "money"),
        *(ViewColumn(f"{title}, {money.unit}") for title, _ in columns_of_nations),
    )
    lead = wording.spent_lead(comparison)
    return _listed(comparison, View("options", "", lead, columns, rows, caption="The options, best first"))


def aims(comparison: Comparison, record: CompareRecord, levels: Sequence[Level], money: Money) -> View:
    """The options with a plan, best first: every aim at which they differ."""
    figures = [(name, title, unit, _better(comparison, name, "less")) for name, title, unit in levels]
    if _has(comparison, "binding_fill_rate"):
        figures.append(("binding_fill_rate", "Fill rate, binding", "share", "more"))
    rows = [
        (
            replace(_named(outcome, record), value=outcome.name, note=""),
            comparison.ranks[outcome.name],
            *(_of_aim(comparison, outcome, name, unit, money, better) for name, _, unit, better in figures),
        )
        for outcome in _best_first(comparison)
    ]
    columns = (
        ViewColumn("Option"),
        ViewColumn("Rank", "whole", strong=True),
        *(ViewColumn(title, "quantity", money.heading_unit(unit)) for _, title, unit, _ in figures),
    )
    return _listed(comparison, View("options", "", "", columns, rows, caption="The aims, option by option"))


def _named(outcome: OptionOutcome, record: CompareRecord) -> ViewCell:
    """What an option is called, with its name below; it leads to its report."""
    places = {entry.name: f"{entry.folder}/report.html" for entry in record.options}
    called = outcome.description or outcome.name
    return ViewCell(called, outcome.name if called != outcome.name else "", link=places[outcome.name])


def _of_base(
    comparison: Comparison, outcome: OptionOutcome, figure: str, unit: str, money: Money, better: str
) -> ViewCell:
    """A figure of an option, compared with that of the base."""
    value, base = comparison.figure(outcome.name, figure), comparison.figure(BASE, figure)
    return _compared(value, base, unit, money, better, is_base=outcome.name == BASE)


def _of_aim(comparison: Comparison, outcome: OptionOutcome, aim: str, unit: str, money: Money, better: str) -> ViewCell:
    """The same of an aim; values that count as equal without being so have `≈` below."""
    cell = _of_base(comparison, outcome, aim, unit, money, better)
    value, base = comparison.figure(outcome.name, aim), comparison.figure(BASE, aim)
    is_small = value is not None and base is not None and not comparison.differ(value, base)
    return replace(cell, note="≈") if is_small and cell.note not in ("", "=") else cell


def _listed(comparison: Comparison, view: View) -> View:
    """A table of options, best first, with the base marked."""
    names = [outcome.name for outcome in _best_first(comparison)]
    marked = names.index(BASE) if BASE in names else None
    return replace(view, most=MOST_ROWS, printed=MOST_ROWS, marked=marked, order="the best", where=BOOK)


def _better(comparison: Comparison, figure: str, otherwise: str) -> str:
    """Whether more or less of a figure is better, as the headline table says."""
    table = comparison.tables["headline"]
    directions = table.loc[table["figure"] == figure, "better"]
    return str(directions.iloc[0]) if len(directions) else otherwise


def _has(comparison: Comparison, figure: str) -> bool:
    return any(comparison.figure(outcome.name, figure) is not None for outcome in comparison.solved)


def _best_first(comparison: Comparison) -> list[OptionOutcome]:
    return sorted(comparison.solved, key=lambda one: comparison.ranks[one.name])


def ranks(comparison: Comparison, ranked: Ranks) -> View:
    """The place of each option at each figure at which they differ."""
    columns = (
        ViewColumn("Option"),
        ViewColumn("Overall", "whole"),
        *(ViewColumn(title, "whole") for title in ranked.titles),
    )
    rows = [(name, overall, *places) for name, overall, places in ranked.rows]
    marked = [name for name, *_ in rows].index(BASE) if comparison.base.solved else None
    return View("ranks", "", "", columns, rows, MOST_ROWS, MOST_ROWS, marked=marked, where=f"{BOOK}, sheet ranks",
                caption="Places, figure by figure")  # fmt: skip


# ── Options side by side ─────────────────────────────────────────────────────────────────────────


def side_by_side(comparison: Comparison) -> list[OptionOutcome]:
    """The options that tables show as columns: the base and the best, in their order."""
    shown = sorted(comparison.solved, key=lambda one: (one.name != BASE, comparison.ranks[one.name]))[:MOST_COLUMNS]
    return [outcome for outcome in comparison.solved if outcome in shown]


def sums(
    comparison: Comparison, money: Money, table: str, key: str, measure: str, title: str, of: str = ""
) -> View | None:
    """A row for each name: the measure over all years under each option, largest first; `of`: what it is a part of."""
    wanted = [measure, of] if of else [measure]
    sums_of = comparison.tables[table].groupby(["option", key])[wanted].sum()
    largest = sums_of.abs().max(axis=1).groupby(level=1).max().sort_values(ascending=False, kind="stable")
    shown = side_by_side(comparison)
    rows: list[tuple[Any, ...]] = []
    for name in largest.index[largest > 0]:
        cells = []
        for outcome in shown:
            value, base = (float(sums_of[measure].get((option, name), 0.0)) for option in (outcome.name, BASE))
            before = base if comparison.base.solved else None
            cell = _compared(value, before, money.currency, money, "", is_base=outcome.name == BASE)
            available = f"of {money.figure(float(sums_of[of].get((outcome.name, name), 0.0)))}" if of else ""
            cells.append(ViewCell(value, " · ".join(filter(None, (available, cell.note))), cell.text))
        if of or any(cell.value for cell in cells):
            rows.append((comparison.name_of(key, name), *cells))
    if not rows:
        return None
    columns = (ViewColumn(key.capitalize()), *_option_columns(shown, "money"))
    return View(table, title, "", columns, rows, MOST_ROWS, order="the largest", where=f"{BOOK}, sheet {table}")


def _option_columns(shown: Sequence[OptionOutcome], kind: str) -> list[ViewColumn]:
    return [ViewColumn(outcome.name, kind, note=outcome.description) for outcome in shown]


def fill_rates(comparison: Comparison, record: CompareRecord, money: Money, key: str, title: str) -> View:
    """A row for each commitment (or year, in their order): the part delivered under each option."""
    table = comparison.tables["commitments"]
    sums_of = table.groupby(["option", key])[["wanted", "short"]].sum()
    names = list(dict.fromkeys(table[key].tolist()))
    shown, rows = side_by_side(comparison), []
    for name in sorted(names) if key == "year" else names:
        rates = {}
        for outcome in shown:
            wanted, short = sums_of.loc[(outcome.name, name)] if (outcome.name, name) in sums_of.index else (0.0, 0.0)
            rates[outcome.name] = None if wanted <= 0 else max(0.0, 1 - short / wanted)
        most = float(sums_of.xs(name, level=1)["wanted"].max())
        cells = [
            _compared(rates[one.name], rates.get(BASE), "share", money, "more", is_base=one.name == BASE)
            for one in shown
        ]
        called = (
            str(name)
            if key == "year"
            else comparison.name_of(key, name)
            if name
            else without_commitment(comparison.names.get("commitment", {}))
        )
        rows.append((called, ViewCell(most, text=wording.figure(most, record.measure, money)), *cells))
    columns = (
        ViewColumn(key.capitalize()),
        ViewColumn("Wanted", "quantity", money.heading_unit(wording.goods_unit(record.measure, money))),
        *_option_columns(shown, "share"),
    )
    return View("commitments", title, "", columns, rows, MOST_ROWS, 20, where=f"{BOOK}, sheet commitments")


# ── One option ───────────────────────────────────────────────────────────────────────────────────


def edits(option: str, rows: pd.DataFrame) -> View:
    """The cells of the input that an option changes."""
    cells = [
        (f"{row['table']} {row['cell']}", row["row"], row["column"], row["before"] or "blank", row["after"])
        for row in rows.to_dict("records")
    ]
    columns = [ViewColumn(heading) for heading in ("Input changed", "Row", "Column", "Before", "After")]
    return View("input_changes", "", "", tuple(columns), cells, MOST_EDITS, 4, where="tables/input_changes.csv",
                caption=f"{option}: what changes in the input")  # fmt: skip


MOVES = (
    ("line", "Production moves most at", "the items' units"),
    ("route", "Transport moves most on", "tonnes"),
    ("fund", "Payments move most from", ""),
)


def moves(comparison: Comparison, option: str, rows: pd.DataFrame, money: Money) -> list[View]:
    """What moves most under an option: by line, by route, by fund and contributor."""
    made = []
    for kind, title, unit in MOVES:
        of_kind = rows[rows["kind"] == kind]
        if not len(of_kind):
            continue
        cells = [_move(comparison, row, money) for row in of_kind.head(MOST_MOVES).to_dict("records")]
        columns = (
            ViewColumn(kind.capitalize()),
            ViewColumn("Before", "quantity"),
            ViewColumn("After", "quantity"),
            ViewColumn("Change", "quantity", strong=True),
        )
        lead = f"In {unit or money.unit}, over the whole horizon."
        made.append(View("movements", title, lead, columns, cells, MOST_MOVES, 3, where=f"{BOOK}, sheet movements",
                         caption=f"{option}: {title.lower()}"))  # fmt: skip
    return made


def _move(comparison: Comparison, row: Mapping[Any, Any], money: Money) -> tuple[Any, ...]:
    kind, unit = row["kind"], row["unit"]
    name = (
        comparison.name_of("fund", row["object"])
        if kind == "fund"
        else comparison.names.get("place", {}).get(row["object"], row["object"])
    )
    other = comparison.name_of("nation" if kind == "fund" else "item", row["item"]) if row["item"] else ""
    note = f"{other}, {unit}" if kind == "line" and other else other
    before, after = (ViewCell(row[side], text=wording.figure(row[side], unit, money)) for side in ("before", "after"))
    return (
        ViewCell(name, note),
        before,
        after,
        ViewCell(row["change"], text=wording.difference(row["change"], unit, money)),
    )


def proof(record: CompareRecord) -> View:
    """Each plan's status, check and run folder."""
    rows = [
        (
            entry.name, entry.status, entry.solved or "from nothing", entry.verification,
            "; ".join(entry.not_enforced) if entry.not_enforced else "nothing", entry.folder,
        )
        for entry in record.options
    ]  # fmt: skip
    columns = tuple(ViewColumn(h) for h in ("Option", "Status", "Solved", "Check", "Not enforced", "Run folder"))
    lead = (
        "Solved says what was rebuilt, compared with the model of the base. From nothing: all of it. Limits only: the model stays, and "
        "only its limits change. Rebuilt: the model is built again, and the basis of the base is carried over. Solved afresh: "
        "nothing of the base is used."
    )
    return View("options", "", lead, columns, rows, len(rows), len(rows), caption="Status and check of each plan")


def left_out(comparison: Comparison) -> str:
    """What the tables with an option a column do not show."""
    shown, solved = len(side_by_side(comparison)), len(comparison.solved)
    if solved <= shown:
        return ""
    return f"The base and the best {number(shown - 1)} of {number(solved - 1)} options; all of them are in {BOOK}."
