"""What `planner compare` says at the end: a line for each option, and where to look."""

from __future__ import annotations

from pathlib import Path

from planner.cli.lines.text import table
from planner.options.comparison import Comparison
from planner.options.pages.wording import best_title, figure, money_of, spent, spent_title, telling_levels
from planner.options.record import CompareRecord
from planner.report.words.numbers import plural, share


def comparison_lines(comparison: Comparison, record: CompareRecord, folder: Path) -> list[str]:
    """The options in order of their rank, each with what arrives and what it costs; then which is best at what."""
    count = len(comparison.options)
    lines = [f"{comparison.title}: the base and {plural(count, 'option')}, each verified; best first."]
    money, covered = money_of(comparison), comparison.tells_coverage
    first_aim = next(iter(telling_levels(comparison)), None)
    heads = [f"{first_aim[1]} ({money.heading_unit(first_aim[2])})"] if first_aim else []
    heads += ["Fill rate", *(["Covered if attacked"] if covered else []), f"{spent_title(comparison)} ({money.unit})"]
    headings, rows = ("", "Option", *heads, "What it is"), []
    solved = sorted(comparison.solved, key=lambda outcome: comparison.ranks[outcome.name])
    for outcome in solved:
        aim = [figure(comparison.figure(outcome.name, first_aim[0]), first_aim[2], money)] if first_aim else []
        shares = ["fill_rate", *(["expected_coverage"] if covered else [])]
        cells = [*aim, *(share(comparison.figure(outcome.name, name)) for name in shares)]
        cells.append(figure(spent(comparison, outcome.name), money.currency, money))
        rows.append((str(comparison.ranks[outcome.name]), outcome.name, *cells, outcome.description))
    lines += table(headings, rows, right=[0, *range(2, len(headings) - 1)])
    for outcome in comparison.outcomes:
        if not outcome.solved:
            lines.append(f"{outcome.name} has no plan ({outcome.record.status}): {outcome.record.message}")
            lines += [f"    {rule}" for rule in outcome.record.conflict]
    for entry in record.best:
        if len(entry.options) < len(entry.among):  # among one there is nothing to be best at
            title = best_title(comparison, entry)
            lines.append(f"Best at {title[:1].lower()}{title[1:]}: {', '.join(entry.options)}")
    if comparison.lacks_prices:
        lines.append("Prices of options, and what holds back what is short, were not computed; --prices computes them.")
    lines.append(f"To read: {folder / 'compare.html'}")
    lines.append(f"To work with: {folder / 'compare.xlsx'} (tables as CSV beside it; a run folder for each option)")
    return lines
