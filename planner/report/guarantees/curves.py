"""Coverage curves: what is wanted and what is covered so far, by period after the strike."""

from __future__ import annotations

from markupsafe import Markup

from planner.report.figures.charts import steps_panel
from planner.report.guarantees.answers import Answers, amounts
from planner.report.words.numbers import Money, plural, share
from planner.tolerances import matters

MOST_ITEMS = 12  # panels by item: of those that lack most


def domain_panels(answers: Answers, money: Money, marking: str = "") -> list[Markup]:
    """By contingency and domain, by value, in the order of the input; what has no value is left out."""
    table = answers.tables["coverage"].assign(domain=lambda rows: rows["domain"].fillna(""))
    panels = []
    for (contingency, domain), rows in table.groupby(["contingency", "domain"], sort=False):
        after, wanted, covered = answers.curve(rows, answers.worth(rows["item"]) / money.factor)
        if wanted[-1] <= 0:
            continue
        title = answers.title(str(contingency))
        notes = (_reached(wanted[-1], covered[-1]), str(domain), money.unit, _strikes(answers, str(contingency)))
        panels.append(_panel(title, notes, after, wanted, covered, marking))
    return panels


def item_panels(answers: Answers, marking: str = "") -> list[Markup]:
    """By contingency and item, in units: those that lack most by value in a mean over the cases, the most first."""
    table = answers.tables["coverage"]
    lacking = (table["wanted"] - table["covered"]) * answers.worth(table["item"]) * answers.weighted(table)
    sizes = lacking.groupby([table["contingency"], table["item"]], sort=False).sum()
    panels = []
    for (contingency, item), _ in amounts(sizes[sizes > 0].sort_values(ascending=False, kind="stable")):
        rows = table[(table["contingency"] == contingency) & (table["item"] == item)]
        after, wanted, covered = answers.curve(rows)
        if not matters(wanted[-1] - covered[-1], wanted[-1]):
            continue
        unit = answers.instance.items[str(item)].unit
        notes = (_reached(wanted[-1], covered[-1]), unit, answers.title(contingency))
        panels.append(_panel(answers.item_title(str(item)), notes, after, wanted, covered, marking))
    return panels[:MOST_ITEMS]


def _panel(
    title: str, notes: tuple[str, ...], after: list[int], wanted: list[float], covered: list[float], marking: str
) -> Markup:
    labels = [f"+{period}" if period > 0 else str(period).replace("-", "−") for period in after]
    note = " · ".join(part for part in notes if part)
    return Markup(
        steps_panel(title, note, labels, covered, wanted, names=("covered so far", "lacking so far"), marking=marking)
    )


def _strikes(answers: Answers, contingency: str) -> str:
    count = sum(1 for case in answers.cases if case.key[0] == contingency)
    return f"mean of {plural(count, 'strike')}" if count > 1 else ""


def _reached(wanted: float, covered: float) -> str:
    return f"{share(covered / wanted if matters(wanted - covered, wanted) else 1.0)}"
