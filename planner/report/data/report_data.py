"""What the workbook and the report both show: one plan, gathered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from planner import catalogue
from planner.catalogue import Catalogue
from planner.domain.instance import PlanningInstance
from planner.domain.titles import title_of
from planner.plan.plan import LevelResult, Plan
from planner.records.run import RunRecord
from planner.report.data.depots import StockLine, read_depots, read_targets
from planner.report.data.held_back import held_back_views
from planner.report.data.ledger import Ledger, read_ledger
from planner.report.data.limits import Limit, limit_prices, marginal_costs, read_limits
from planner.report.data.money import Finances, money_scale, read_finances
from planner.report.data.rules.instruments import instrument_views
from planner.report.data.rules.lots import lot_views
from planner.report.data.rules.partner_rules import partner_views
from planner.report.data.rules.past import lack_words, past_views
from planner.report.data.service import Service, read_service
from planner.report.data.traffic import Traffic, read_traffic
from planner.report.data.unserved import Unserved, read_unserved, unserved_sentences
from planner.report.guarantees.section import Guarantees, read_guarantees
from planner.report.guarantees.worth import GuaranteeWorth, read_worth
from planner.report.pages.views import View, ViewColumn, coded
from planner.report.words.names import without_cells
from planner.report.words.numbers import Money
from planner.report.words.reasons import Reasons
from planner.tolerances import SAME

MOST_ITEMS = 8  # columns of the table of places
MOST_REASONS = 300  # shortfalls, the largest, for which a reason is looked for


@dataclass(frozen=True, slots=True)
class Shortage:
    """What one destination lacks of one item under one commitment, of all that is `wanted` there.

    `worth` in the unit of the service's scale; periods are those of the demands that lack something.
    """

    commitment: str
    destination: str
    item: str
    binding: bool
    quantity: float
    wanted: float
    worth: float
    first_due: int  # 1-based
    last_due: int
    last: int  # 1-based, the last period in which a delivery would count
    reason: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """(commitment, destination, item)."""
        return self.commitment, self.destination, self.item


@dataclass(frozen=True)
class ReportData:
    """What the outputs show of a plan; each part is gathered when it is asked for, once.

    `demands`: those that are shown, as `service.demands` has them; None: all. `commands`: are commands of the program
    named? Who reads at the desk may have none.
    """

    plan: Plan
    run: RunRecord
    catalogue: Catalogue
    money: Money
    demands: pd.DataFrame | None = None
    commands: bool = True

    @cached_property
    def service(self) -> Service:
        """What is wanted, delivered and short, by commitment, destination and item."""
        whole = read_service(self.plan, self.money)
        return whole if self.demands is None else whole.of(self.demands)

    @cached_property
    def finances(self) -> Finances:
        """Where the money comes from and what it pays for."""
        return read_finances(self.plan)

    @cached_property
    def ledger(self) -> Ledger:
        """Who pays, who produces and who receives."""
        return read_ledger(self.plan)

    @cached_property
    def rules(self) -> tuple[View, ...]:
        """What the rules of funds and partners came to."""
        return (
            *instrument_views(self.plan, self.run.model.kind),
            *partner_views(self.plan, self.money),
            *past_views(self.plan, self.catalogue),
            *lot_views(self.plan),
        )

    @cached_property
    def traffic(self) -> Traffic:
        """What moves over legs and through nodes, and when they are full."""
        return read_traffic(self.plan)

    @cached_property
    def targets(self) -> list[StockLine]:
        """Stock targets: wanted and held, the least reached first."""
        return read_targets(self.plan)

    @cached_property
    def depots(self) -> list[StockLine]:
        """Tonnes in each node that ever holds stock, the fullest first."""
        return read_depots(self.plan)

    @cached_property
    def prices(self) -> pd.DataFrame:
        """The prices of limits, a row for each."""
        return limit_prices(self.plan)

    @cached_property
    def limits(self) -> list[Limit]:
        """The limits with a price, in the order of the levels, then by rent."""
        return read_limits(self.plan, self.prices, self.catalogue, self.money)

    @cached_property
    def marginal_costs(self) -> pd.DataFrame:
        """The marginal cost of what is delivered, by item."""
        return marginal_costs(self.plan)

    @cached_property
    def guarantees(self) -> Guarantees:
        """What responses cover if the attack is renewed."""
        return read_guarantees(self.plan, self.money)

    @cached_property
    def guarantee_worth(self) -> GuaranteeWorth:
        """What the guarantee is worth, or why that was not worked out."""
        return read_worth(self.plan, self.run.no_worth, self.money)

    @cached_property
    def blamed(self) -> tuple[View, ...]:
        """What holds back each aim."""
        return held_back_views(self.plan)

    @property
    def instance(self) -> PlanningInstance:
        """The planning instance."""
        return self.plan.instance

    @property
    def marking(self) -> str:
        """The marking of all pages, such as a classification; blank: none."""
        return self.run.marking

    @property
    def title(self) -> str:
        """The title of the run."""
        return self.run.title or "Plan"

    @property
    def views(self) -> tuple[View, ...]:
        """Tables that the report shows besides the result tables."""
        views = (*self.guarantees.views, *self.guarantee_worth.views, *self.ledger.views, *self.rules)
        return (*self.lacking_places, *self.blamed, *views)

    @cached_property
    def lacking_places(self) -> tuple[View, ...]:
        """Places by items: the part of what is wanted that is missing, and what holds it back."""
        return missing_view(self.service.demands, self.gaps, self.reasons)

    @property
    def lacking(self) -> list[str]:
        """What rules lack from the past, in words."""
        return [lack_words(lack) for lack in self.plan.lacking]

    @cached_property
    def unserved(self) -> Unserved:
        """Who gets nothing of what is wanted."""
        return read_unserved(self.service.demands)

    @property
    def unserved_sentences(self) -> list[str]:
        """The same in words, with what holds back most of it, and what would serve them, as far as the run asked."""
        sentences = unserved_sentences(self.unserved, self.instance, self.reasons.main_of_place)
        return [*sentences, *(self.run.unserved.least_served if self.run.unserved else ())]

    @property
    def unserved_in_short(self) -> list[str]:
        """Who gets nothing of what is wanted, in words, without reasons."""
        return unserved_sentences(self.unserved, self.instance)

    @property
    def unserved_command(self) -> str | None:
        """The command that shows what would serve them, where the run did not ask."""
        return self.run.unserved.not_solved if self.run.unserved and self.commands else None

    @property
    def levels(self) -> tuple[LevelResult, ...]:
        """The objective levels in order."""
        return self.plan.levels

    @cached_property
    def reasons(self) -> Reasons:
        """What holds back what is short, in words."""
        is_left_out = self.run.no_prices is not None
        return Reasons(self.instance, self.plan.tables["attribution"], self.service, is_left_out)

    @cached_property
    def gaps(self) -> list[Shortage]:
        """Shortfalls by commitment, destination and item, the largest worth first, `MOST_REASONS` with a reason."""
        gaps = _gaps(self.service)
        with_reason = [replace(gap, reason=self.reasons.reason(gap.key, gap.last - 1)) for gap in gaps[:MOST_REASONS]]
        return with_reason + gaps[len(with_reason) :]


def read_report_data(plan: Plan, run: RunRecord) -> ReportData:
    """What all outputs show. Raises UsageError if the run names an unknown model."""
    return ReportData(plan, run, catalogue.load(run.model.name), money_scale(plan))


def _short_shares(demands: pd.DataFrame) -> tuple[dict[tuple[str, str], float], dict[str, float]]:
    """(destination, item) → the part of what is wanted that is short, by quantity; destination → the same of all items
    together, by value. NaN or absent: nothing is wanted.
    """
    sums = demands.groupby(["destination", "item"], as_index=False)[["quantity", "short"]].sum()
    wanted = sums[sums["quantity"] > 0]
    places = zip(wanted["destination"], wanted["item"], strict=True)
    shares = dict(zip(places, (wanted["short"] / wanted["quantity"]).tolist(), strict=True))
    valued = demands.assign(wants=demands["quantity"] * demands["worth"], lacks=demands["short"] * demands["worth"])
    whole = valued.groupby("destination")[["wants", "lacks"]].sum()
    together = whole["lacks"] / whole["wants"].where(whole["wants"] > 0)
    return shares, dict(zip(map(str, together.index), together.tolist(), strict=True))


def _why(place: str, shortages: Sequence[Shortage], reasons: Reasons) -> str:
    """What holds back what a place lacks, as the beginning of a sentence; of a single shortage its own reason."""
    reason = (reasons.of_place(place) if len(shortages) > 1 else "") or shortages[0].reason
    return reason[:1].upper() + reason[1:]


def missing_view(demands: pd.DataFrame, gaps: Sequence[Shortage], reasons: Reasons) -> tuple[View, ...]:
    """A row for each place that lacks something, with what holds it back; a column for all items together by value, and
    one for each item that lacks most; None: nothing is wanted.
    """
    instance = reasons.instance
    if len({(gap.destination, gap.item) for gap in gaps}) < 2:
        return ()
    shares, together = _short_shares(demands)
    worth: dict[str, float] = {}
    of_place: dict[str, list[Shortage]] = {}
    for gap in gaps:  # the largest first
        worth[gap.item] = worth.get(gap.item, 0.0) + gap.worth
        of_place.setdefault(gap.destination, []).append(gap)
    why = {place: _why(place, shortages, reasons) for place, shortages in of_place.items()}
    items = sorted(worth, key=lambda item: -worth[item])[:MOST_ITEMS]
    rows = [
        (
            coded(instance.nodes, place),
            together[place],
            *(shares.get((place, item)) for item in items),
            without_cells(why[place]),
        )
        for place in why
    ]
    columns = (
        ViewColumn("Place"),
        ViewColumn("All items, by value", "heat", strong=True),
        *(ViewColumn(title_of(instance.items, item), "heat") for item in items),
        ViewColumn("Held back by"),
    )
    more = (
        f" The {MOST_ITEMS} items with the largest shortages by value, of {len(worth)}."
        if len(worth) > MOST_ITEMS
        else ""
    )
    lead = (
        "The part of what is wanted that is never delivered, and what holds it back, with its part by value. A "
        f"dash: nothing is wanted.{more}"
    )
    return (View("missing", "Who lacks what", lead, columns, rows),)


SHORTAGE_KEY = ["commitment", "destination", "item"]


def _gaps(service: Service) -> list[Shortage]:
    demands = service.demands
    short = demands[demands["short"] > SAME * demands["quantity"].clip(lower=1.0)]
    if not len(short):
        return []
    short = short.assign(lacking=short["short"] * short["worth"])
    wanted = demands.groupby(SHORTAGE_KEY, sort=False)["quantity"].sum()
    short = short.join(wanted.rename("of_all"), on=SHORTAGE_KEY)
    grouped = short.groupby(SHORTAGE_KEY, sort=False).agg(
        binding=("binding", "max"),
        quantity=("short", "sum"),
        wanted=("of_all", "first"),
        worth=("lacking", "sum"),
        first_due=("due", "min"),
        last_due=("due", "max"),
        last=("last", "max"),
    )
    ordered = grouped.sort_values("worth", ascending=False, kind="stable")
    return [
        Shortage(
            str(commitment),
            str(destination),
            str(item),
            bool(binding),
            float(quantity),
            float(wanted),
            float(worth),
            int(first),
            int(end),
            int(last),
        )
        for (commitment, destination, item), (binding, quantity, wanted, worth, first, end, last) in zip(
            ordered.index, ordered.itertuples(index=False), strict=True
        )
    ]
