"""What a check of a plan found: the largest violation of each family of rules, and where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from planner.numerals import numeral

TOLERANCE = 1e-6
ARITHMETIC = 1e-7  # what of its largest term the past may be short of a rule and still keep it
NOISE = 1e-9  # what arithmetic leaves of a share
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

# Every family the checker knows, in the order in which a report lists them. Where a family of the model
# (models/full.toml) is meant, the name is the model's, so that a family switched off there is skipped here.
FAMILIES: dict[str, str] = {
    "input": "the input is the one the plan was made from",
    "tables": "the tables are those that the run wrote",
    "table_form": "every table has its columns and every number is a number",
    "names": "rows speak of things that exist and belong together",
    "duplicates": "no row is there twice",
    "periods": "periods lie in the horizon",
    "non_negative": "no quantity is below 0",
    "material_balance": "what enters leaves or stays",
    "circulation": "no leg of a circle without lead time carries more than enters the circle",
    "component_use": "expiry classes consumed add up to the components needed",
    "shelf_life": "nothing is used after its expiry, and classes add up to the main tables",
    "line_capacity": "units started stay within capacity",
    "minimum_rate": "an open line runs at least at its due rate",
    "ramp": "the rise between open periods is bounded",
    "resource_capacity": "what lines use of a resource stays within capacity",
    "line_window": "lines make only while open",
    "expansion_limit": "capacity bought stays within the limit",
    "expansion_window": "capacity is bought in its window and ready after its lead time",
    "route_capacity": "tonnes dispatched stay within capacity",
    "route_volume": "volume dispatched stays within capacity",
    "route_item_capacity": "units of an item dispatched stay within capacity",
    "route_window": "routes are used only while open",
    "excludes": "routes do not carry what they exclude",
    "arrival": "shipments arrive after their lead time, within the horizon",
    "throughput": "what leaves a node or is delivered at it stays within throughput",
    "node_window": "nodes are used only while open, and are empty once closed",
    "storage_weight": "tonnes in stock stay within storage",
    "storage_volume": "volume in stock stays within storage",
    "storage_explosive": "net explosive quantity in stock stays within the licence",
    "storage_item": "units of an item in stock stay within its storage",
    "placed_order": "what was ordered before the horizon is completed",
    "departure_cap": "departures from the previous plan stay within their cap",
    "frozen_plan": "frozen periods are as planned before (weighted objective)",
    "forbid": "nothing under embargo is made or moved",
    "consent": "nothing is dispatched that a nation has not agreed to",
    "largest_share": "no name makes or carries more than its share of an item",
    "smallest_share": "every name makes or carries at least its share of an item",
    "demand_balance": "deliveries and shortfall add up to the quantity wanted",
    "delivery_window": "deliveries are neither early nor later than allowed",
    "stock_target": "stock and what is missing reach the target",
    "days_of_supply": "stock and what is missing cover the coming demand",
    "production_cost": "the cost of production is quantity times unit cost",
    "shipment_cost": "the tonnes and cost of shipments follow from their quantity",
    "scrap_cost": "the cost of scrap is quantity times scrap cost",
    "investment_cost": "the cost of an investment is quantity times unit cost",
    "payment_balance": "every cost is paid in its fiscal year",
    "commitment": "funds count a payment in the year of its order, or of its cash",
    "eligibility": "funds pay only what they admit",
    "fund_window": "funds pay only costs that fall in their window",
    "fund_limit": "payments stay within budgets",
    "fund_tranche": "payments up to a period stay within what a fund may have paid by then",
    "fund_ceiling": "payments of the horizon stay within the ceiling",
    "cofinancing": "a fund pays at most its rate of a cost",
    "fund_content": "the portfolio of a fund reaches its share of content",
    "allocation_balance": "units paid on behalf of named nations are allocated to them",
    "beneficiary": "what is paid for a nation reaches it",
    "contribution_min": "a nation pays at least its share of everything",
    "contribution_max": "a nation pays at most its share of everything",
    "key_min": "a nation pays no less than its key allows",
    "key_max": "a nation pays no more than its key allows",
    "work_share": "what is produced in a nation reaches its share of what it contributes",
    "common_procurement": "as many nations take part in a fund as it demands",
    "lock": "decisions keep to what is locked",
    "payment_lock": "payments keep to what is locked",
    "nations": "contributions, work and goods by nation follow from the other tables",
    "ledger": "contributions and work by nation, fund and year follow from the other tables",
    "burden_sharing": "parts in the burden and in the work follow from the other tables",
    "access": "goods leave nodes and pass routes only for recipients that these admit",
    "recipients": "for whom goods are adds up to the main tables, and stays",
    "response_goods": "only surge items and what they are made of move in a response",
    "response_window": "a response uses what is open, from its begin to its end",
    "response_forbidden": "nothing is moved or made that a route, an embargo or a nation refuses",
    "response_balance": "what a response sends, delivers or keeps is there, for its recipient",
    "response_access": "goods leave nodes and pass routes in a response only for recipients that these admit",
    "response_shelf_life": "nothing is used in a response after its expiry",
    "response_route": "what a response dispatches stays within what is left of a route",
    "response_throughput": "what a response handles at a node stays within what is left of its throughput",
    "response_storage": "what a response stores stays within what is left of the storage",
    "response_line_capacity": "units started in a response stay within what is left of the capacity",
    "response_orders": "a response completes no more of earlier orders than the plan does, and says which they are",
    "response_ramp": "the rise from the plan's rate, and in the response, is bounded",
    "response_resource": "what lines use of a resource in a response stays within what is left of it",
    "response_need": "what is delivered and what is uncovered add up to the need of the case",
    "response_delivery": "deliveries of a response are neither early nor later than allowed",
    "response_costs": "the cost and tonnes of a response follow from its quantities",
    "response_money": "a response costs no more than its contingency allows",
    "cases": "the table of cases follows from the input and the response tables",
    "coverage": "coverage after the strike follows from the response tables",
    "draws": "what lies at nodes and is drawn from them follows from the plan and the response",
    "reach": "how far stock is from where it is needed follows from the plan and what is open in the case",
    "worth": "what the guarantee is worth fits the plan, and the depots of a nation are worth no less than nothing",
    "objective": "the objective follows from the tables",
}


@dataclass(frozen=True)
class Verification:
    """The largest relative violation of each family that was checked, and in words where it is.

    A relative violation is |residual| ÷ max(1, largest term of the row); above `TOLERANCE` the family fails.
    `worst` has a text for each family that fails. `skipped` names families the chosen model switches off.
    `not_recomputed` names the columns (`table.column`) of which only the form, or nothing, was checked.
    """

    violations: dict[str, float]
    worst: dict[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    not_recomputed: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[str, ...]:
        """The families that fail, largest violation first."""
        failing = [family for family, size in self.violations.items() if size > TOLERANCE]
        return tuple(sorted(failing, key=lambda family: -self.violations[family]))

    @property
    def passed(self) -> bool:
        """Does every family hold to the tolerance?"""
        return not self.failed

    @property
    def first_failure(self) -> str:
        """In words, the largest violation of all; empty where every family holds."""
        return self.worst[self.failed[0]] if self.failed else ""

    def families(self) -> list[tuple[str, float, str]]:
        """Each family that was checked: its name, largest relative violation, and what it says."""
        return [(family, size, FAMILIES.get(family, "")) for family, size in self.violations.items()]

    def summary(self, columns: bool = False) -> str:
        """One line if all is well, else a line per family that fails. `columns`: name those that are not recomputed."""
        off = f"; not enforced: {', '.join(self.skipped)}" if self.skipped else ""
        if self.not_recomputed:
            off += f"; not recomputed: {_by_table(self.not_recomputed, columns)}"
        if self.passed:
            largest = max(self.violations.values(), default=0.0)
            return (
                f"{len(self.violations)} families of rules hold; largest violation "
                f"{f'{largest:.1e}' if largest else 0}{off}"
            )
        lines = [f"{len(self.failed)} of {len(self.violations)} families of rules fail{off}"]
        lines += [f"- {self.worst[family]}" for family in self.failed]
        return "\n".join(lines)


def _by_table(columns: Iterable[str], named: bool) -> str:
    """Columns given as `table.column`, table by table: `prices (price, unit)`, or their count, `prices (2 columns)`."""
    tables: dict[str, list[str]] = {}
    for name in columns:
        table, column = name.split(".", 1)
        tables.setdefault(table, []).append(column)
    if named:
        return ", ".join(f"{table} ({', '.join(names)})" for table, names in tables.items())
    return ", ".join(f"{t} ({len(names)} column{'' if len(names) == 1 else 's'})" for t, names in tables.items())


class Findings:
    """Collects residuals while the checks run, and keeps the largest of each family."""

    def __init__(self, skipped: Iterable[str] = ()) -> None:
        self.skipped = frozenset(skipped)
        self._sizes: dict[str, float] = {family: 0.0 for family in FAMILIES if family not in self.skipped}
        self._worst: dict[str, str] = {}

    def check(self, family: str, residual: Floats, scale: Floats, say: Callable[[int], str]) -> None:
        """Record the largest residual ÷ max(1, scale); `say` puts row k into words, if it fails.

        A residual below 0 is slack. NaN (unlimited less unlimited) counts as slack.
        """
        if family in self.skipped or not residual.size:
            return
        relative = np.nan_to_num(residual / np.maximum(1.0, np.nan_to_num(scale, posinf=1.0)), nan=0.0, neginf=0.0)
        index = int(np.argmax(relative))
        size = float(relative[index])
        if size > self._sizes[family]:
            self._sizes[family] = size
            if size > TOLERANCE:
                self._worst[family] = f"{family}: {say(index)}"

    def one(self, family: str, residual: float, scale: float, text: str) -> None:
        """Record a single residual."""
        self.check(family, np.array([residual]), np.array([scale]), lambda _: text)

    def fault(self, family: str, text: str) -> None:
        """Record something that is wrong without a size; it counts as a relative violation of 1."""
        self.one(family, 1.0, 1.0, text)

    def result(self) -> Verification:
        """What was found so far, as the outcome of the verification."""
        skipped = tuple(family for family in FAMILIES if family in self.skipped)
        return Verification(dict(self._sizes), dict(self._worst), skipped)


def number(value: float) -> str:
    """A quantity for people: up to nine significant digits, no trailing zeros."""
    return numeral(value, 9)
