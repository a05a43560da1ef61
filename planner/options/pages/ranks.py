"""Who ranks where, figure by figure, as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from planner.options.comparison import Comparison
from planner.report.words.numbers import listing


@dataclass(frozen=True)
class Ranks:
    """The places of options by figure: `rows` of (option, overall place, place at each of `titles`), best first.

    `same`: figures at which all are equal.
    """

    titles: list[str]
    rows: list[tuple[str, int, list[int | None]]]
    same: str


def read_ranks(comparison: Comparison) -> Ranks | None:
    """The figures at which options differ; None where they differ at none."""
    table = comparison.tables["ranks"]
    places = {(str(o), str(f)): int(r) for o, f, r in zip(table["option"], table["figure"], table["rank"], strict=True)}
    titles = dict(zip(table["figure"].map(str), table["title"].map(str), strict=True))
    differing = [figure for figure in titles if max(p for (_, f), p in places.items() if f == figure) > 1]
    if not differing:
        return None
    ranked = sorted(comparison.ranks.items(), key=lambda entry: entry[1])
    rows = [(name, overall, [places.get((name, figure)) for figure in differing]) for name, overall in ranked]
    same = [titles[figure].lower() for figure in titles if figure not in differing]
    return Ranks([titles[figure] for figure in differing], rows, listing(same, len(same)))
