"""The plan in sentences: headline, state of proof, headline figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

import pandas as pd

from planner.plan.plan import LevelResult
from planner.records.run import Rolling
from planner.report.data.held_back import NO_LIMITS, OUT_OF_REACH, Held
from planner.report.data.report_data import ReportData
from planner.report.words.numbers import MOST_DIGITS, compact, listing, number, plural, share
from planner.tolerances import SAME, matters

MOST_CELLS = 40  # characters, in a headline
SMALLEST = 10.0**-MOST_DIGITS  # what is smaller is not written
STATUS = {
    "optimal": "Optimal: proven to be the best plan under the stated order of aims",
    "feasible": "Feasible: it keeps every enforced rule, but was not proven to be the best",
}


@dataclass(frozen=True, slots=True)
class HeadlineFigure:
    """One headline figure: what it is, its value in words and numbers, and a line about it;
    of money the unit too (`EUR million`).
    """

    name: str
    value: str
    note: str = ""
    unit: str = ""

    @property
    def currency(self) -> str:
        """What stands before the value."""
        return self.unit.partition(" ")[0]

    @property
    def scale(self) -> str:
        """What stands behind it: `million`, or blank."""
        return self.unit.partition(" ")[2]

    @property
    def text(self) -> str:
        """The value with its unit: `EUR 12.3 million`."""
        return "\u00a0".join(part for part in (self.currency, self.value, self.scale) if part)


def headline(data: ReportData) -> str:
    """The plan in one or two sentences."""
    total = data.service.total
    if total.wanted <= 0:
        return (
            "Nothing is wanted within the horizon; the plan holds stocks only."
            if data.targets
            else "Nothing is wanted, unless a contingency strikes."
            if data.guarantees.headline
            else "Nothing is wanted."
        )
    delivered = total.delivered_share
    if delivered == 1.0 and data.gaps:
        return (
            f"All but {data.service.scale.text(total.short)} of what is wanted is delivered. {bottleneck(data)}".strip()
        )
    if delivered == 1.0:
        if total.late > SAME * total.wanted:
            return f"Everything that is wanted is delivered, {share(total.on_time_share)} of it in time."
        return "Everything that is wanted is delivered, and in time."
    late = f" ({share(total.on_time_share)} in time)" if total.late > SAME * total.wanted else ""
    text = f"{share(delivered)} of what is wanted is delivered{late}."
    return f"{text} {bottleneck(data)}".strip()


def bottleneck(data: ReportData) -> str:
    """What cannot arrive in time, where that is most of what is missing; then the limit that holds back most, and where
    none does for certain, several that do together.
    """
    held = data.reasons.of_all()
    unreachable = fsum(one.part for one in held if one.group in OUT_OF_REACH)
    if share(unreachable) == share(1.0):
        return "Nothing of what is missing can arrive in time."
    if unreachable > 0.5:
        sentence = (
            f"Most of what is missing, {share(unreachable)} of its {data.service.measure}, cannot arrive in time."
        )
        return (
            f"{sentence} {_limits(data, held)}" if any(one.is_reason and not one.is_cost for one in held) else sentence
        )
    return _limits(data, held)


def _limits(data: ReportData, held: Sequence[Held]) -> str:
    limits = [one for one in held if one.group not in NO_LIMITS and not one.is_cost]
    reasons = [one for one in limits if one.is_reason]
    if not reasons:
        names = [one.words for one in limits]
        if len(names) > 1:
            return f"Several limits together hold deliveries back, such as {listing(names, 3)}."
        return f"{names[0][:1].upper()}{names[0][1:]} may hold deliveries back." if names else ""
    first, *others = reasons
    where = f" ({first.cells})" if first.cells and len(first.cells) <= MOST_CELLS else ""
    if share(first.least) == share(1.0):
        return f"All of what is missing is held back by {first.words}{where}."
    alike = next((other for other in others if other.part_words == first.part_words), None)
    beside = f", and as much by {alike.words}" if alike is not None else ""
    part = f"{first.part_words} of its {data.service.measure}"
    if _is_largest(first, held):
        return f"The largest part of what is missing, {part}, is held back by {first.words}{where}{beside}."
    return f"Of what is missing, {part} is held back by {first.words}{where}{beside}."


def _is_largest(first: Held, held: Sequence[Held]) -> bool:
    """Does no limit, and nothing that is no limit, hold back more, by any optimal duals?"""
    unexplained = 1.0 - fsum(one.part for one in held)
    most = max((one.most if one.tried else 1.0 for one in held if one is not first), default=0.0)
    return first.least >= max(most, unexplained) - SAME


def status(data: ReportData) -> str:
    """How the plan ended, and what the time limit left no time for."""
    left_out = "".join(
        f"; {sentence.removeprefix('--time-limit: ').removesuffix('.')}" for sentence in data.plan.cut_short
    )
    return f"{_ended(data)}{left_out}"


def _ended(data: ReportData) -> str:
    stated = data.run.status
    text = STATUS.get(stated, stated)
    rolling = data.run.rolling
    if stated == "feasible" and rolling and rolling.windows:
        return f"{text}: it was planned in {rolling_words(rolling)}"
    untried = untried_aims(data)
    if stated == "feasible" and untried:
        return f"{text}: the solver stopped before it came to these aims: {', '.join(untried)}"
    if stated == "feasible" and data.run.gap is not None:
        text += f" (it may fall short of the best by up to {share(data.run.gap)})"
    return text


def rolling_words(rolling: Rolling) -> str:
    """`3 windows of 24 periods, one after the other, each reaching 6 into the next`, and the loss where measured."""
    words = (
        f"{plural(len(rolling.windows), 'window')} of {plural(rolling.window, 'period')}, one after the other, each "
    )
    words += f"reaching {rolling.overlap} into the next"
    for entry in rolling.loss or ():
        if matters(abs(entry.loss), entry.optimum):
            amount = f"{number(abs(entry.loss))} {entry.unit}".rstrip()
            more = "more" if entry.loss > 0 else "less"
            return f"{words}; compared with the optimal plan of the whole, {entry.title.lower()} is {amount} {more}"
    return words if rolling.loss is None else f"{words}; as good as the best plan of the whole"


def untried_aims(data: ReportData) -> list[str]:
    """The aims that the solver never came to: of them the gap says nothing, and the plan may be far from the best."""
    levels = data.run.objective
    if not isinstance(levels, tuple):
        return []
    return [level.title.lower() for level in levels if level.status == "not optimised"]


def check(data: ReportData) -> str:
    """What the independent checker found."""
    verification = data.run.verification
    text = f"{verification[:1].upper()}{verification[1:]}."
    if data.run.verified:
        text += " Every balance, limit and payment was recomputed from the input by an independent checker."
    return text


def violations(data: ReportData) -> str:
    """The largest violations that the independent checker found, by family of rules;
    those that round to nothing together.
    """
    known = {family: value for family, value in (data.run.verified or {}).items() if value is not None}
    ordered = sorted(known.items(), key=lambda one: -one[1])
    largest = [f"{family.replace('_', ' ')} {compact(value)}" for family, value in ordered if value >= SMALLEST]
    rest = [value for _, value in ordered if value < SMALLEST]
    amount = f"less than {SMALLEST:f}" if any(rest) else "0"
    together = [f"{amount} in {'the other' if largest else 'all'} {len(rest)} families of rules"] if rest else []
    return " · ".join([*largest, *together])


def measure(data: ReportData) -> str:
    """What shares of goods are counted in."""
    if data.service.by_value:
        return "Goods are added up by their value (unit value of the item × quantity)."
    unit = data.service.scale.unit
    return (
        "Goods are added up in units: not every item has a value."
        if unit == "units"
        else f"Goods are counted in {unit}."
    )


def figures(data: ReportData) -> list[HeadlineFigure]:
    """Headline figures, those that this plan has."""
    return [
        *_service_figures(data),
        *_guarantee_figures(data),
        *_stock_figures(data),
        *_money_figures(data),
    ]


def _guarantee_figures(data: ReportData) -> list[HeadlineFigure]:
    figure = data.guarantees.figure
    return [HeadlineFigure("Covered if attacked", *figure)] if figure else []


def _service_figures(data: ReportData) -> list[HeadlineFigure]:
    service, scale = data.service, data.service.scale
    total, binding = service.total, service.binding
    shown = []
    if total.wanted > 0:
        amount = f"{scale.text(total.wanted - total.short)} of {scale.text(total.wanted)}"
        shown.append(HeadlineFigure("Delivered", share(total.delivered_share), amount))
        note = f"{scale.text(total.late)} late" if total.late > SAME * total.wanted else "nothing is late"
        shown.append(HeadlineFigure("Delivered in time", share(total.on_time_share), note))
    if binding.wanted > 0 and binding.wanted < total.wanted:
        missing = any(gap.binding for gap in data.gaps)
        note = f"{scale.text(binding.short)} missing" if missing else "nothing missing"
        shown.append(HeadlineFigure("Binding commitments", share(binding.delivered_share), note))
    count = int((service.demands["short"] > SAME * service.demands["quantity"].clip(lower=1.0)).sum())
    if count:
        note = f"of {_demands(service.demands)}, {scale.text(total.short)} in all"
        shown.append(HeadlineFigure("Demands not met in full", number(count), note))
    return shown


def _demands(rows: pd.DataFrame) -> str:
    """`3 demands`; where one is due in more than one period, `12 due dates of 2 demands`."""
    demands = plural(int(rows["demand"].nunique()), "demand")
    return demands if rows["demand"].is_unique else f"{plural(len(rows), 'due date')} of {demands}"


def _stock_figures(data: ReportData) -> list[HeadlineFigure]:
    reached = [line.reached for line in data.targets if line.reached is not None]
    if not reached:
        return []
    whole = sum(1 for value in reached if value > 1 - SAME)
    return [
        HeadlineFigure(
            "Stock targets held", f"{whole} of {len(reached)}", f"on average {share(sum(reached) / len(reached))}"
        )
    ]


def _money_figures(data: ReportData) -> list[HeadlineFigure]:
    money, finances = data.money, data.finances
    shown = []
    if finances.paid:
        limited = [use for use in finances.funds if use.used_share is not None]
        available = sum(use.available for use in limited)
        used = sum(use.paid for use in limited)
        note = f"{share(used / available)} of {money.text(available)} available" if available else ""
        shown.append(HeadlineFigure("Paid", money.figure(finances.total), note, money.unit))
    elif finances.total > 0:
        shown.append(
            HeadlineFigure(
                "Cost", money.figure(finances.total), "counted, not discounted; money is not limited", money.unit
            )
        )
    invested = data.plan.tables["investments"]
    if len(invested):
        note = plural(int(invested["expansion"].nunique()), "expansion")
        shown.append(
            HeadlineFigure("Invested in capacity", money.figure(float(invested["cost"].sum())), note, money.unit)
        )
    return [*shown, *_traffic_figures(data)]


def _traffic_figures(data: ReportData) -> list[HeadlineFigure]:
    """Legs that are full, and points whose handling is, each at least once."""
    traffic, shown = data.traffic, []
    if traffic.legs:
        note = f"of {plural(len(traffic.legs), 'leg')} in use, at least once in the plan"
        shown.append(HeadlineFigure("Legs that are full", number(len(traffic.saturated)), note))
    if traffic.handling:
        periods = data.instance.horizon.periods
        always = sum(1 for node in traffic.handling if len(node.full_periods) == periods)
        note = "at least once in the plan" + (f"; {number(always)} in every period" if always else "")
        shown.append(HeadlineFigure("Points at the limit of their handling", number(len(traffic.handling)), note))
    return shown


def aim(level: LevelResult, index: int) -> str:
    """An aim with its place in the order of the plan, from 1: `3. Lateness`; the weighted sum is the only one."""
    return level.title if level.name == "weighted" else f"{index}. {level.title}"


def level_figure(value: float | None, unit: str, data: ReportData) -> str:
    """A level's value in the unit that `Money.heading_unit` names."""
    if value is None:
        return "–"
    if unit == "share":
        return share(value)
    return data.money.figure(value) if unit.startswith(data.money.currency) else number(value, 2)
