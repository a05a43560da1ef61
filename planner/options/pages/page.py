"""compare.html: one file that opens offline, in the look of the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from planner.options.changes.option import BASE
from planner.options.comparison import Comparison
from planner.options.outcome import Outcome
from planner.options.pages import charts, wording
from planner.options.pages.ranks import read_ranks
from planner.options.record import CompareRecord, level_titles
from planner.report.pages.report import TEMPLATES, css_string, environment

OWN_TEMPLATES = Path(__file__).with_name("templates")
MOST_COLUMNS = 7  # options side by side in one table
MOST_ROWS = 40
MOST_EDITS, MOST_MOVES = 12, 5  # shown of one option


def write_page(comparison: Comparison, record: CompareRecord, path: Path) -> None:
    """Write the page to `path`; `record` is what compare.json says. Raises OSError."""
    path.write_text(render(comparison, record), encoding="utf-8")


def render(comparison: Comparison, record: CompareRecord) -> str:
    """The page as text."""
    money, levels = wording.money_of(comparison), _telling_levels(comparison)
    template = environment(OWN_TEMPLATES).get_template("compare.html.j2")
    return template.render(
        comparison=comparison,
        record=record,
        money=money,
        words=wording,
        css=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        own_css=Markup((OWN_TEMPLATES / "compare.css").read_text(encoding="utf-8")),
        page_marking=Markup(css_string(comparison.marking)),
        tiles=wording.tiles(comparison, record.best, money),
        levels=levels,
        equal_levels=[
            title.lower() for name, title, unit in level_titles(comparison) if (name, title, unit) not in levels
        ],
        ranked=_ranked(comparison),
        ranks=read_ranks(comparison),
        failed=[outcome for outcome in comparison.outcomes if not outcome.solved],
        side_by_side=_side_by_side(comparison),
        scatter=charts.scatter(comparison, money),
        difference_charts=charts.difference_charts(comparison, money),
        curves=charts.sweep_curves(comparison, money),
        commitments=_fill_rates(comparison, "commitment"),
        years=_fill_rates(comparison, "year"),
        nations=_sums(comparison, "nations", "nation", ["contributed", "produced"]),
        funds=_sums(comparison, "funds", "fund", ["available", "paid"]),
        edits=_by_option(comparison.tables["input_changes"]),
        moves={name: _moves(table) for name, table in _tables_by_option(comparison.tables["movements"])},
        changed=_changed_rows(comparison),
        most_edits=MOST_EDITS,
        most_moves=MOST_MOVES,
        most_rows=MOST_ROWS,
        most_columns=MOST_COLUMNS,
        base_name=BASE,
        covered=comparison.tells_coverage,
    )


def _telling_levels(comparison: Comparison) -> list[tuple[str, str, str]]:
    """(name, title, unit) of the levels at which two options differ."""
    found = []
    for name, title, unit in level_titles(comparison):
        values = [comparison.figure(outcome.name, name) for outcome in comparison.solved]
        known = [value for value in values if value is not None]
        if len(known) < len(values) or any(comparison.differ(value, known[0]) for value in known):
            found.append((name, title, unit))
    return found


def _ranked(comparison: Comparison) -> list[dict[str, Any]]:
    """Options with a plan, best first: every figure with its difference from the base."""
    table = comparison.tables["headline"]
    entries = []
    for outcome in sorted(comparison.solved, key=lambda one: comparison.ranks[one.name]):
        rows = table[table["option"] == outcome.name].to_dict("records")
        spent, base = wording.spent(comparison, outcome.name), wording.spent(comparison, BASE)
        entries.append(
            {
                "outcome": outcome,
                "rank": comparison.ranks[outcome.name],
                "figures": {str(row["figure"]): row for row in rows},
                "spent": spent,
                "spent_difference": None if spent is None or base is None else spent - base,
            }
        )
    return entries


def _side_by_side(comparison: Comparison) -> list[Outcome]:
    """The options that tables show as columns: the base and the best, in their order."""
    kept = sorted(comparison.solved, key=lambda one: (one.name != BASE, comparison.ranks[one.name]))[:MOST_COLUMNS]
    return [outcome for outcome in comparison.solved if outcome in kept]


def _fill_rates(comparison: Comparison, key: str) -> list[dict[str, Any]]:
    """A row for each commitment (or year): the part delivered under each option."""
    table = comparison.tables["commitments"]
    sums = table.groupby(["option", key])[["wanted", "short"]].sum()
    rows = []
    for name in dict.fromkeys(table[key].tolist()):
        rates: dict[str, float | None] = {}
        for outcome in _side_by_side(comparison):
            wanted, short = sums.loc[(outcome.name, name)] if (outcome.name, name) in sums.index else (0.0, 0.0)
            rates[outcome.name] = None if wanted <= 0 else max(0.0, 1 - short / wanted)
        rows.append({"name": str(name) or "Without commitment", "rates": rates, "wanted": _wanted(sums, name)})
    return rows


def _wanted(sums: pd.DataFrame, name: Any) -> float:
    """The most that any option wants of it."""
    return float(sums.xs(name, level=1)["wanted"].max())


def _sums(comparison: Comparison, table: str, key: str, measures: Sequence[str]) -> list[dict[str, Any]]:
    """A row for each name: the measures over all years under each option, largest first."""
    sums = comparison.tables[table].groupby(["option", key])[list(measures)].sum()
    largest = sums.abs().max(axis=1).groupby(level=1).max().sort_values(ascending=False, kind="stable")
    rows = []
    for name in largest.index[largest > 0]:
        values = {
            outcome.name: {m: float(sums[m].get((outcome.name, name), 0.0)) for m in measures}
            for outcome in _side_by_side(comparison)
        }
        rows.append({"name": charts.named(comparison, key, name), "values": values})
    return rows


def _by_option(table: pd.DataFrame) -> dict[str, list[dict[Any, Any]]]:
    return {name: rows.to_dict("records") for name, rows in _tables_by_option(table)}


def _tables_by_option(table: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame]]:
    return ((str(name), rows) for name, rows in table.groupby("option", sort=False))


def _moves(table: pd.DataFrame) -> dict[str, list[dict[Any, Any]]]:
    """The largest movements of each kind."""
    return {
        kind: table[table["kind"] == kind].head(MOST_MOVES).to_dict("records")
        for kind in ("line", "route", "fund")
        if (table["kind"] == kind).any()
    }


def _changed_rows(comparison: Comparison) -> dict[str, dict[str, int]]:
    """How many rows of each result table differ from the base's, by option."""
    found: dict[str, dict[str, int]] = {}
    for name, table in comparison.tables.items():
        if name.startswith("changes_"):
            for option, count in table["option"].value_counts().items():
                found.setdefault(str(option), {})[name.removeprefix("changes_")] = int(count)
    return found
