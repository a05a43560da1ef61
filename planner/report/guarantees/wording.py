"""The answers in sentences: the headline of the first screen, and one for each case."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import pandas as pd

from planner.domain.contingency.response import needs
from planner.report.guarantees.answers import Answers, CaseAnswer
from planner.report.words.numbers import Money, number, plural, share, with_article
from planner.tolerances import matters

LEAST_POINTS = 0.0005  # of the need: less is not reported of opening a depot


def headline(answers: Answers) -> str:
    """How much arrives in the worst case and on average, whose depots give most, and what opening some would add."""
    cases = answers.worst_first
    if not cases:
        return ""
    return " ".join(part for part in (_covered(answers), _depots(answers), _opening(answers)) if part)


def _covered(answers: Answers) -> str:
    cases = answers.worst_first
    worst = cases[0]
    if len(cases) == 1:
        return f"{_if_struck(worst)}, {_arrives(worst)}."
    if answers.alike:
        late = any(case.late for case in cases)
        return f"Whatever strikes, {_arrives(replace(worst, late=late))}, in each of {_cases(answers)}."
    text = f"{_if_struck(worst)}, {_arrives(worst)}: the lowest share of the {_cases(answers)}."
    if answers.expected is not None:
        text += f" On average, {answers.weighting}, it is {share(answers.expected)}."
    return text


def _cases(answers: Answers) -> str:
    """`18 cases`; cases that need nothing are left out."""
    counted, others = len(answers.worst_first), len(answers.cases) - len(answers.worst_first)
    need = "needs" if others == 1 else "need"
    return plural(counted, "case") + (f" that need something ({number(others)} {need} nothing)" if others else "")


def _if_struck(case: CaseAnswer) -> str:
    return f"If “{case.title}” strikes in {case.strike}"


def _arrives(case: CaseAnswer) -> str:
    if case.covered == 1.0:
        return f"all that is needed {_in_time(case.late)}"
    part = share(case.covered) if case.covered else "nothing"
    return f"{part} of what is needed, by value, {_in_time(case.late)}"


def _in_time(late: bool) -> str:
    return "arrives in time or within the delay that is allowed" if late else "arrives in time"


def _depots(answers: Answers) -> str:
    """The nation whose depots give most of what is drawn from stock and from goods under way."""
    draws = answers.draws
    used_value = draws["used"] * draws["value"] * answers.weighted(draws)
    depots = draws["node"].map(lambda name: answers.instance.nodes[name].kind == "depot") & (draws["nation"] != "")
    by_nation = used_value[depots].groupby(draws["nation"]).sum().sort_values(ascending=False, kind="stable")
    if not len(by_nation) or not by_nation.iloc[0] > 0:
        return ""
    nation, part = str(by_nation.index[0]), float(by_nation.iloc[0] / used_value.sum())
    where = f"depots in {with_article(answers.nation_title(nation))}"
    weighed = f", {answers.weighting}" if answers.weighting else ""
    return (
        f"By value{weighed}, {share(part)} of what responses draw from stocks and goods under way comes from {where}."
    )


def _opening(answers: Answers) -> str:
    """What opening the places of one nation to everybody would add, as far as that was worked out."""
    table = answers.tables.get("access_value")
    weighed = _weighed_need(answers)
    if table is None or not len(table) or weighed <= 0 or answers.instance.settings.risk_weight > 0:
        return ""
    rows = table[table["level"] == "contingency"]
    gains = (rows["now"] - rows["open"]).to_numpy(dtype=float) / weighed
    known = [(gain, str(nation)) for gain, nation in zip(gains, rows["nation"], strict=True) if isfinite(gain)]
    if not known or max(known)[0] < LEAST_POINTS:
        return ""
    gain, nation = max(known, key=lambda one: one[0])
    points = number(100 * gain, 1 if gain < 0.095 else 0)
    return (
        f"Opening all places in {with_article(answers.nation_title(nation))} to everybody would raise the expected "
        f"coverage, by value and priority, by {points} points if the plan is solved again."
    )


def _weighed_need(answers: Answers) -> float:
    """Σ weight × priority × value × quantity over the needs of all cases: what the level contingency is a share of."""
    instance = answers.instance
    return sum(
        case.weight * need.wanted.priority * instance.unit_values.get(need.wanted.item, 0.0) * need.wanted.quantity
        for case in instance.cases
        for need in needs(instance, case)
    )


def sentence(answers: Answers, case: CaseAnswer, money: Money) -> str:
    """A case: how much of its need is covered, what of the promise is missed, whose stocks answer, what is given up."""
    head = f"{case.title}, striking in {case.strike}: "
    if case.covered is None:
        return f"{head}nothing that has a value is needed."
    text = f"{head}{_arrives(case)}"
    if case.lack:
        text += f"; {money.text(case.lack)} of what is promised is missed"
    text += "."
    given_up = _given(answers, case)
    if len(given_up):
        nation, part = str(given_up.index[0]), float(given_up.iloc[0] / given_up.sum())
        where = f"in {with_article(answers.nation_title(nation))}" if nation else "at places of no nation"
        text += f" By value, {share(part)} of what it draws from stocks and goods under way is {where}."
    table = answers.given_up
    mine = table[(table["contingency"] == case.key[0]) & (table["strike"] == case.key[1])]
    worth = float((mine["given_up"] * answers.worth(mine["item"])).sum())
    if matters(worth, case.need):
        text += f" Planned deliveries of the same goods worth {money.text(worth)} are given up for it."
    return text


def _given(answers: Answers, case: CaseAnswer) -> pd.Series[float]:
    """Value that the stocks and arrivals of each nation's nodes give, the largest first."""
    draws = answers.draws
    mine = draws[(draws["contingency"] == case.key[0]) & (draws["strike"] == case.key[1])]
    by_nation = (mine["used"] * mine["value"]).groupby(mine["nation"]).sum().sort_values(ascending=False, kind="stable")
    return by_nation[by_nation > 0]
