"""What `planner compare` says at the end: a line for each option, and where to look."""

from __future__ import annotations

from pathlib import Path

from planner.cli.lines.text import columns, number
from planner.options.comparison import Comparison
from planner.options.pages.wording import best_title
from planner.options.record import CompareRecord, level_titles
from planner.report.words.numbers import plural, share, spelled_unit


def comparison_lines(comparison: Comparison, record: CompareRecord, folder: Path) -> list[str]:
    """The options in order of their rank, each with its levels, fill rate and difference from the base."""
    count = len(comparison.options)
    lines = [f"{comparison.title}: the base and {plural(count, 'option')}, each verified; best first."]
    levels = level_titles(comparison)
    rows = [("", "option", *(f"{title} ({spelled_unit(unit)})" for _, title, unit in levels), "fill rate")]
    covered = comparison.tells_coverage
    rows[0] += ("covered if attacked",) if covered else ()
    solved = sorted(comparison.solved, key=lambda outcome: comparison.ranks[outcome.name])
    for outcome in solved:
        values = [comparison.figure(outcome.name, name) for name, *_ in levels]
        rate = share(comparison.figure(outcome.name, "fill_rate"))
        if_attacked = (share(comparison.figure(outcome.name, "expected_coverage")),) if covered else ()
        rows.append((str(comparison.ranks[outcome.name]), outcome.name, *map(number, values), rate, *if_attacked))
    lines += columns(rows, right=[0, *range(2, len(rows[0]))])
    for outcome in comparison.outcomes:
        if not outcome.solved:
            lines.append(f"{outcome.name} has no plan ({outcome.record.status}): {outcome.record.message}")
            lines += [f"    {rule}" for rule in outcome.record.conflict]
    for entry in record.best:
        if len(entry.options) < len(entry.among):  # among one there is nothing to be best at
            title = best_title(comparison, entry)
            lines.append(f"Best at {title[:1].lower()}{title[1:]}: {', '.join(entry.options)}")
    lines.append(f"To read: {folder / 'compare.html'}")
    lines.append(f"To work with: {folder / 'compare.xlsx'} (tables as CSV beside it; a run folder for each option)")
    return lines
