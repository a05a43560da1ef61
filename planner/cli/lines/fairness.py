"""What `planner fairness` says at the end: a line for each player, the core, and where to look."""

from __future__ import annotations

from pathlib import Path

from planner.analysis.fairness import wording
from planner.analysis.fairness.study import FairnessStudy
from planner.cli.lines.text import table


def study_lines(study: FairnessStudy, folder: Path) -> list[str]:
    """The headline, each player's figures, and whether anybody would rather leave; figures as the page writes them."""
    amount, figure = wording.amounts(study), wording.figures(study)
    unit = "" if study.measure.unit == "share" else wording.money_of(study).unit
    lines = [wording.headline(study, amount)]
    error = () if study.exact else ("± 95 %",)
    headings, rows = (unit, "Alone", "Lost without it", "Fair share", *error, "Gain from joining"), []
    for player in study.players:
        low, high = player.share.interval
        spread = () if study.exact else (figure((high - low) / 2),)
        figures = (player.alone, player.brings(study.together), player.share.value)
        name = wording.player_name(study, player.name)
        rows.append((name, *map(figure, figures), *spread, figure(player.gain)))
    lines += table(headings, rows, right=range(1, len(headings)))
    if len(study.players) > 1:
        lines.append(wording.core(study, amount))
        lines += [wording.stability(study, allocation, amount) for allocation in study.allocations[1:]]
    lines.append(f"To read: {folder / 'fairness.html'}")
    lines.append(f"To work with: {folder / 'fairness.xlsx'} (tables as CSV beside it)")
    return lines
