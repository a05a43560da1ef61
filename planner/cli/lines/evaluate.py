"""What `planner evaluate` says at the end: level by level, the plan beside the optimum."""

from __future__ import annotations

from planner.analysis.evaluate.pipeline import EVALUATION, EvaluationResult
from planner.cli.lines.text import number, signed, table
from planner.report.words.numbers import spelled_unit


def evaluation_lines(result: EvaluationResult) -> list[str]:
    """Each level of the plan and of the optimum, and where to look."""
    evaluation = result.evaluation
    gap = evaluation.first_gap
    best = "the optimum" if evaluation.optimum.status == "optimal" else "the best plan found in the time"
    verdict = f"as good as {best} at every level"
    if gap is not None:
        verdict = f"{'worse' if gap.gap > 0 else 'better'} than {best} at: {gap.title}"
    lines = [f"The plan can be carried out ({result.record.verification}); {verdict}."]
    rows = []
    for distance in evaluation.distances:
        figures = (number(distance.value), number(distance.optimum), signed(distance.gap))
        rows.append((distance.title, *figures, spelled_unit(distance.unit)))
    lines += table(("", "Plan", "Optimum", "Distance", ""), rows, right=[1, 2, 3])
    lines.append(f"To read: {result.folder / EVALUATION / 'evaluation.html'} and {result.folder / 'report.html'}")
    lines.append(f"To work with: {result.folder / EVALUATION / 'evaluation.xlsx'} and {result.folder / 'plan.xlsx'}")
    return lines
