"""Coverage curves: what is wanted and what is covered so far, by period after the strike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from planner.report.figures.drawing import Figure
from planner.report.figures.panels import Panel, step_panels
from planner.report.guarantees.answers import Answers, amounts
from planner.report.words.numbers import GOODS, Money, plural, share
from planner.tolerances import matters

MOST_ITEMS = 9  # panels by item: of those that lack most
NAMES = ("covered so far", "wanted so far", "short so far")
NOTE = "by periods after the strike; pale blue: covered so far, dark line: wanted so far, framed: short so far"


@dataclass(frozen=True, slots=True)
class _Curve:
    title: str
    notes: tuple[str, ...]
    after: list[int]
    wanted: list[float]
    covered: list[float]


def domain_panels(answers: Answers, money: Money) -> Figure | None:
    """By contingency and domain, by value, in the order of the input; what has no value is left out."""
    table = answers.tables["coverage"].assign(domain=lambda rows: rows["domain"].fillna(""))
    curves = []
    for (contingency, domain), rows in table.groupby(["contingency", "domain"], sort=False):
        after, wanted, covered = answers.curve(rows, answers.worth(rows["item"]) / money.factor)
        if wanted[-1] <= 0:
            continue
        title = answers.title(str(contingency))
        notes = (
            _reached(wanted[-1], covered[-1]),
            str(domain),
            money.unit_of(GOODS),
            _strikes(answers, str(contingency)),
        )
        curves.append(_Curve(title, notes, after, wanted, covered))
    return _panels("What is covered of the need, by contingency and domain", curves)


def item_panels(answers: Answers) -> Figure | None:
    """By contingency and item, in units: those that lack most by value in a mean over the cases, the most first."""
    table = answers.tables["coverage"]
    lacking = (table["wanted"] - table["covered"]) * answers.worth(table["item"]) * answers.weighted(table)
    sizes = lacking.groupby([table["contingency"], table["item"]], sort=False).sum()
    curves = []
    for (contingency, item), _ in amounts(sizes[sizes > 0].sort_values(ascending=False, kind="stable")):
        rows = table[(table["contingency"] == contingency) & (table["item"] == item)]
        after, wanted, covered = answers.curve(rows)
        if not matters(wanted[-1] - covered[-1], wanted[-1]):
            continue
        unit = answers.instance.items[str(item)].unit
        notes = (_reached(wanted[-1], covered[-1]), unit, answers.title(contingency))
        curves.append(_Curve(answers.item_title(str(item)), notes, after, wanted, covered))
    return _panels("What is covered of the need, the items with the largest shortages", curves[:MOST_ITEMS])


def _panels(title: str, curves: Sequence[_Curve]) -> Figure | None:
    """All curves on the same periods; None where there is none."""
    if not curves:
        return None
    periods = range(min(curve.after[0] for curve in curves), max(curve.after[-1] for curve in curves) + 1)
    panels = [
        Panel(
            curve.title,
            " · ".join(note for note in curve.notes if note),
            _on(periods, curve.after, curve.covered),
            _on(periods, curve.after, curve.wanted),
        )
        for curve in curves
    ]
    labels = [f"+{period}" if period > 0 else str(period).replace("-", "−") for period in periods]
    return step_panels(title, NOTE, labels, panels, names=NAMES)


def _on(periods: range, after: Sequence[int], values: Sequence[float]) -> list[float]:
    known = dict(zip(after, values, strict=True))
    return [known.get(period, nan) for period in periods]


def _strikes(answers: Answers, contingency: str) -> str:
    count = sum(1 for case in answers.cases if case.key[0] == contingency)
    return f"mean of {plural(count, 'strike')}" if count > 1 else ""


def _reached(wanted: float, covered: float) -> str:
    return f"{share(covered / wanted if matters(wanted - covered, wanted) else 1.0)}"
