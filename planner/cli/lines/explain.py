"""What `planner explain` prints: a demand from where it is asked for back to the money, and all that a plan lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan

from planner.analysis.explain.bounds import DeliveryBound
from planner.analysis.explain.explain import AimShortage, DemandExplanation, PlaceShortage
from planner.analysis.explain.trace import Trace
from planner.cli.lines.text import columns, number, table
from planner.domain.instance import PlanningInstance
from planner.domain.titles import object_title, title_of
from planner.report.data.held_back import Held
from planner.report.words.names import party_title, party_titles, some_cells, unit_beside
from planner.report.words.numbers import PIECES, Money, listing, one_more, share, spelled_unit, with_unit
from planner.report.words.numbers import number as whole
from planner.run.recorded.load import SavedRun
from planner.tolerances import NOISE, matters

MOST_LIMITS, MOST_LACKS = 12, 40
MOST_PARTIES, MOST_CELLS = 3, 40  # of one limit; characters
MOST_PAYERS, MOST_PAID_FOR = 5, 2  # contributors of one fund; lines and routes that it pays for
NOT_TRIED = "–"
UNEXPLAINED = "This plan falls short (tables shortfalls, uncovered, targets), but its run does not say why."
NEEDED = "Reasons need a plan made as one program by highs, with time left for them."


@dataclass(frozen=True)
class _Titles:
    """Names as they are filled in, where the input is at hand; else codes."""

    instance: PlanningInstance | None

    def item(self, code: str) -> str:
        return title_of(self.instance.items, code) if self.instance else code

    def place(self, code: str) -> str:
        return object_title(self.instance, code) if self.instance else code

    def party(self, code: str) -> str:
        return party_title(self.instance, code) if self.instance else code

    def parties(self, codes: str) -> str:
        return party_titles(self.instance, codes) if self.instance else codes


def demand_lines(explanation: DemandExplanation, run: SavedRun) -> list[str]:
    """The story of one demand: what holds back its shortfall, where the delivered part comes from,
    what one more costs.
    """
    traced = explanation.traced
    total = sum(traced.delivered.values())
    where = f" ({explanation.asked})" if explanation.asked else ""
    title = _Titles(explanation.instance)
    head = (
        f"{traced.demand}: {title.item(traced.item)} for {title.place(traced.destination)}, due "
        f"{run.label(traced.due)}{where}: "
    )
    unit = run.record.units.get(traced.item, "")
    beside = unit_beside(title.item(traced.item), unit)
    head += f"{with_unit(total, beside) if total else 'nothing'} delivered" + (
        f", {with_unit(traced.short, beside)} short" if traced.short > NOISE else ""
    )
    lines = [head]
    for heading, block in (
        *_short_blocks(explanation, unit),
        *_trace_blocks(traced, run, title, unit),
        *_price_blocks(explanation, unit),
    ):
        if block:
            lines += ["", heading, *block]
    if total > 0:
        lines += ["", "By convention, what leaves a place is a proportional mixture of what came in."]
    return lines


def _short_blocks(explanation: DemandExplanation, unit: str) -> Iterator[tuple[str, list[str]]]:
    rows = [
        (*_held(one, _Titles(explanation.instance)), number(explanation.weight * one.part)) for one in explanation.held
    ]
    if rows:
        worth = number(explanation.weight)
        yield (
            f"What holds it back, and its part of the {worth} that {one_more(unit)} is worth",
            table((*HEADINGS, f"Of {worth}"), rows, right=[1, 2, 3, 6]),
        )


def _held(one: Held, title: _Titles) -> tuple[str, ...]:
    """Limit, share, bounds, whose, cells."""
    least, most = (share(one.least), share(min(one.most, 1.0))) if one.tried else (NOT_TRIED, NOT_TRIED)
    parties = title.parties(one.whose)
    return (
        one.words + (" (serves what is more important)" if one.taken else ""),
        share(one.part),
        least,
        most,
        listing(parties.split("; "), MOST_PARTIES) if parties else "",
        some_cells(one.cells, MOST_CELLS),
    )


def _price_blocks(explanation: DemandExplanation, unit: str) -> Iterator[tuple[str, list[str]]]:
    """What one more costs at each level, and what it displaces."""
    rows = [
        (price.title, "no plan" if price.more is None else number(price.more), "" if price.less is None else number(price.less),
         spelled_unit(price.unit))
        for price in explanation.prices
    ]  # fmt: skip
    yield (
        f"What {one_more(unit)} costs, and what one less saves (at the aims before cost: how much more of other "
        "goods would be short)",
        table(("Aim", "One more costs", "One less saves", ""), rows, right=[1, 2]),
    )


def _trace_blocks(trace: Trace, run: SavedRun, title: _Titles, unit: str) -> Iterator[tuple[str, list[str]]]:
    units = "Units" if unit in PIECES else unit
    yield (
        "Delivered",
        table(
            ("Period", units),
            [(run.label(period), number(units)) for period, units in sorted(trace.delivered.items())],
            right=[1],
        ),
    )
    made = [
        (run.label(m.period), title.place(m.line), title.place(m.factory), number(units))
        for m, units in sorted(trace.made.items())
    ]
    given_lines = [
        (run.label(p.period), "opening stock or on order", title.place(p.node), number(units))
        for p, units in sorted(trace.given.items())
    ]
    yield "Made or given", table(("Period", "Line", "Place", units), made + given_lines, right=[3])
    moved = [
        (
            run.label(m.dispatched),
            run.label(m.arrives),
            title.place(m.route),
            f"{title.place(m.origin)} → {title.place(m.destination)}",
            number(units),
        )
        for m, units in sorted(trace.moved.items())
    ]
    yield "Moved", table(("Dispatched", "Arrives", "Route", "From and to", units), moved, right=[4])
    stored_lines = [
        (run.label(p.period), title.place(p.node), number(units)) for p, units in sorted(trace.kept.items())
    ]
    yield "Kept", table(("At the end of", "Place", units), stored_lines, right=[2])
    cost = [(title.place(name), whole(amount)) for (_, name), amount in sorted(trace.cost.items())]
    yield f"Costs ({run.currency}; holding is not traced)", columns(cost, right=[1])
    yield f"Paid by ({run.currency})", columns(_payments(trace, title), right=[2])


def _payments(trace: Trace, title: _Titles) -> Iterator[tuple[str, str, str]]:
    """Each fund with what it pays for and its sum, and the contributors who pay most of it; the largest first."""
    by_fund: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    paid_for: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (fund, payer, name), amount in sorted(trace.paid.items()):
        by_fund[fund][payer] += amount
        paid_for[fund][name] += amount
    for fund, payers in sorted(by_fund.items(), key=lambda entry: -sum(entry[1].values())):
        objects = sorted(paid_for[fund], key=lambda name: -paid_for[fund][name])
        yield (
            title.party(fund),
            f"for {listing(list(map(title.place, objects)), MOST_PAID_FOR)}",
            whole(sum(payers.values())),
        )
        largest = sorted(payers.items(), key=lambda entry: -entry[1])
        shown = largest[: MOST_PAYERS if len(largest) > MOST_PAYERS + 1 else None]
        yield from (("", title.party(payer), whole(amount)) for payer, amount in shown if payer != fund)
        if len(shown) < len(largest):
            rest = largest[len(shown) :]
            yield "", f"{len(rest)} others", whole(sum(amount for _, amount in rest))


def plan_lines(
    run: SavedRun, aims: list[AimShortage], lacking: list[PlaceShortage], instance: PlanningInstance | None = None
) -> list[str]:
    """What each aim lacks and what holds it back; then place by place."""
    if not aims:
        return [f"{UNEXPLAINED} {run.record.no_prices or NEEDED}"] if _lacks(run) else ["Nothing is short."]
    money = Money.scaled(run.currency, max(aim.value for aim in aims))
    lines: list[str] = []
    if any(not one.tried for aim in aims for one in aim.held[:MOST_LIMITS]):
        lines.append(
            f"{NOT_TRIED}: within which bounds the share lies was not tried; it is that at the prices of this plan."
        )
    for aim in aims:
        heading = f"{aim.title}: {money.of_unit(aim.value, aim.unit)}"
        rows = [_held(one, _Titles(instance)) for one in aim.held[:MOST_LIMITS]]
        lines += [*([""] if lines else []), heading, *table(HEADINGS, rows, right=[1, 2, 3])]
        if len(aim.held) > MOST_LIMITS:
            lines.append(f"  … and {len(aim.held) - MOST_LIMITS} more, in tables/attribution.csv")
    rows = [
        (
            one.place,
            one.item,
            _wanted_by(one),
            with_unit(one.units, unit_beside(one.item, one.unit)),
            _part(one),
            one.why,
        )
        for one in lacking[:MOST_LACKS]
    ]
    lines += [
        "",
        "Shortages by place, those first that count most in their aim",
        *table(PLACES, rows, right=[3, 4]),
    ]
    if len(lacking) > MOST_LACKS:
        lines.append(f"  … and {len(lacking) - MOST_LACKS} more, in plan.xlsx, sheet attribution")
    return [*lines, "", f"One demand: planner explain {run.folder} DEMAND"]


def _lacks(run: SavedRun) -> bool:
    """Does a demand, a need of a response or a stock target fall short?"""
    missed = run.tables.get("targets")
    return any(len(run.tables.get(name, ())) for name in ("shortfalls", "uncovered")) or (
        missed is not None and matters(float(missed["below"].sum()), float(missed["wanted"].sum()))
    )


def bound_lines(bounds: list[DeliveryBound]) -> list[str]:
    """What no money can deliver, and the limits of the least cut."""
    if not bounds:
        return ["bounds: no limit but money, parts and what is shared keeps anything from being delivered in full"]
    return [
        f"bounds: {one.commitment or 'no commitment'}: no more than {number(one.most)} of {number(one.wanted)} "
        f"{one.item} can be delivered, whatever the money: {_cut(one)}"
        for one in bounds
    ]


def _cut(one: DeliveryBound) -> str:
    cut_limits = [f"{words} ({cells})" if cells else words for words, cells in one.cut]
    return listing(cut_limits, MOST_LIMITS) if cut_limits else "nothing of it can be there in time"


HEADINGS = ("Held back by", "Share", "At least", "At most", "Whose", "Cells")
PLACES = ("Place", "Item", "For", "Lacks", "Part of wanted", "Why")
WANTED_BY = {"target": "stock target", "standing": "standing demand"}  # others are called as in the table


def _wanted_by(one: PlaceShortage) -> str:
    """`demand`; of a response `surge, attack (strikes added up)`"""
    what = WANTED_BY.get(one.kind, one.kind)
    return f"{what}, {one.contingency} (strikes added up)" if one.contingency else what


def _part(one: PlaceShortage) -> str:
    return "" if isnan(one.wanted) or one.wanted <= 0 else share(one.units / one.wanted)
