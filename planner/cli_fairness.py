"""What `planner fairness` says at the end: a line for each player, the core, and where to look."""

from __future__ import annotations

from pathlib import Path

from planner.cli_text import columns, number
from planner.fairness import wording
from planner.fairness.study import Study


def study_lines(study: Study, folder: Path) -> list[str]:
    """The headline, each player's figures, and whether anybody would rather leave."""
    unit = study.measure.unit.replace(" x priority", "")

    def amount(value: float) -> str:
        return f"{number(value)} {unit}"

    lines = [wording.headline(study, amount)]
    error = () if study.exact else ("± 95 %",)
    rows = [("", "alone", "lost without it", "fair share", *error, "gain from joining")]
    for player in study.players:
        low, high = player.share.interval
        spread = () if study.exact else (number((high - low) / 2),)
        figures = (player.alone, player.brings(study.together), player.share.value)
        rows.append((player.name, *map(number, figures), *spread, number(player.gain)))
    lines += columns(rows, right=range(1, len(rows[0])))
    lines.append(wording.core(study, amount))
    lines += [wording.stability(study, allocation, amount) for allocation in study.allocations[1:]]
    lines.append(f"To read: {folder / 'fairness.html'}")
    lines.append(f"To work with: {folder / 'fairness.xlsx'} (tables as CSV beside it)")
    return lines
