"""compare.html: one file that opens offline, in the look of the report."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from planner.options.changes.option import BASE
from planner.options.comparison import Comparison
from planner.options.pages import charts, tables, wording
from planner.options.pages.ranks import read_ranks
from planner.options.record import CompareRecord, level_titles
from planner.report.pages.shell import environment

OWN_TEMPLATES = Path(__file__).with_name("templates")


def write_page(comparison: Comparison, record: CompareRecord, path: Path) -> None:
    """Write the page to `path`; `record` is what compare.json says. Raises OSError."""
    path.write_text(render(comparison, record), encoding="utf-8")


def render(comparison: Comparison, record: CompareRecord) -> str:
    """The page as text."""
    money, levels = wording.money_of(comparison), wording.telling_levels(comparison)
    template = environment(OWN_TEMPLATES).get_template("compare.html.j2")
    return template.render(
        comparison=comparison,
        record=record,
        money=money,
        marking=comparison.marking,
        words=wording,
        tables=tables,
        own_css=Markup((OWN_TEMPLATES / "compare.css").read_text(encoding="utf-8")),
        tiles=wording.tiles(comparison, record.best, money),
        levels=levels,
        equal_levels=[
            title.lower() for name, title, unit in level_titles(comparison) if (name, title, unit) not in levels
        ],
        ranks=read_ranks(comparison),
        failed=[outcome for outcome in comparison.outcomes if not outcome.solved],
        scatter=charts.scatter(comparison, money),
        difference_charts=charts.difference_charts(comparison, money),
        curves=charts.sweep_curves(comparison, money),
        edits=dict(_by_option(comparison.tables["input_changes"])),
        moves=dict(_by_option(comparison.tables["movements"])),
        changed=changed_rows(comparison),
        folders={entry.name: entry.folder for entry in record.options},
        most_rows=tables.MOST_ROWS,
        base_name=BASE,
        covered=comparison.tells_coverage,
    )


def _by_option(table: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame]]:
    return ((str(name), rows) for name, rows in table.groupby("option", sort=False))


def changed_rows(comparison: Comparison) -> dict[str, dict[str, int]]:
    """How many rows of each result table differ from the base's, by option."""
    rows_of: dict[str, dict[str, int]] = {}
    for name, table in comparison.tables.items():
        if name.startswith("changes_"):
            for option, count in table["option"].value_counts().items():
                rows_of.setdefault(str(option), {})[name.removeprefix("changes_")] = int(count)
    return rows_of
