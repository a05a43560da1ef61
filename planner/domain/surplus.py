"""What may be there beyond what is wanted, because a rule asks for it.

Opening stock, goods in transit, output of lines that may not stand still or rise at will, stock that a target
asked for, what a lock fixes: such goods are there whether or not they can serve anything. And some rules set one
quantity against another, so that doing more of something useless can allow more of something useful: content that
lifts a fund's portfolio, shares of supply, work shares, shares of contributions, co-financing over costs that not all
funds can pay alike; and so can making up for what happened before the horizon. Pruning must leave all that in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import cached_property

from planner.domain.budget_periods import BudgetPeriods
from planner.domain.eligibility import CONTENT_COST_TYPES, admits, content_share, payable
from planner.domain.history_slack import CountedKey, CountedRule, lacks
from planner.domain.instance import Fund, Line, PlanningInstance
from planner.domain.rules import Lock, Policy


class Surplus:
    """Which lines may run for nothing, and of which items more may be there than is wanted.

    `order` names the items, components before what is made of them; `lines_of` the lines that make each.
    """

    def __init__(
        self, instance: PlanningInstance, order: Sequence[str], lines_of: Mapping[str, Sequence[Line]]
    ) -> None:
        self._instance = instance
        self._order = order
        self._lines_of = lines_of

    @staticmethod
    def forced(line: Line) -> bool:
        """A line that may not stand still, or not rise at will, may have to run for nothing."""
        return line.min_rate > 0 or line.ramp != float("inf")

    def runs(self, line: Line) -> bool:
        """May the line run although nothing wants what it makes?"""
        return self._runs(line, self.items)

    def _runs(self, line: Line, surplus: Set[str]) -> bool:
        """It is forced, locked or ordered from, counts in a share, did something in the previous plan, or uses up what
        would cost money to scrap."""
        return (
            self.money_asks
            or self.forced(line)
            or bool(line.orders)
            or line.item in self._planned_items
            or line.name in self._lifting_content
            or line.name in self._cofinanced_lines
            or line.item in self._shared_items
            or self._instance.nation_of(line.factory) in self._working_nations
            or any(self._locked_to_run(line, lock) for lock in self._locks("make"))
            or any(
                quantity > 0 and component in surplus and self._instance.items[component].scrap_cost > 0
                for component, quantity in line.components.items()
            )
        )

    @cached_property
    def items(self) -> frozenset[str]:
        """Items of which more may be there than is wanted: they may have to be written off."""
        if self.money_asks:
            return frozenset(self._order)
        named = {supply.item for supply in self._instance.supplies} | self._moving_items | self._shared_items
        named |= {item for target in self._instance.targets.values() for item in target.items}
        named |= {item for lock in self._locks("stock") for item in self._items_of(lock)} | self._planned_items
        surplus: set[str] = set(self._instance.struck_items)
        for name in self._order:
            if name in named or any(self._runs(line, surplus) for line in self._lines_of[name]):
                surplus.add(name)
        return frozenset(surplus)

    @cached_property
    def everywhere(self) -> frozenset[str]:
        """Items whose goods may be wherever they can come to: moving or scrapping them is itself asked, costs, or is
        waste."""
        if self.money_asks:
            return frozenset(self._order)
        return (
            self._moving_items
            | self._instance.struck_items
            | {name for name in self.items if self._instance.items[name].scrap_cost > 0}
        )

    @cached_property
    def money_asks(self) -> bool:
        """Could spending by itself help, as someone must pay more, or a larger part?"""
        instance = self._instance
        if not instance.money_is_limited:
            return False
        return (
            any(nation.contribution_min or nation.contribution_max is not None for nation in instance.nations.values())
            or (instance.settings.key_tolerance is not None)
            or any(fund.min_nations and fund.min_nations_enforced for fund in instance.funds.values())
            or bool(self._locks("pay"))
            or any(rule is CountedRule.COFINANCING for rule, _ in self._lacks)
            or any(self._is_cofinanced("transport", leg.route) for leg in instance.legs.values())
            or any(self._is_cofinanced("storage", name) for name in instance.nodes)
        )

    # ── Co-financing ─────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _cofinancing_funds(self) -> tuple[Fund, ...]:
        """Funds that pay a share of a cost, where other funds can pay some of an object's cost of a year and not all of
        it.

        A cost that nobody needs, paid by others when or where they can pay, then lets the fund pay more of one that is
        needed. Otherwise all payments for an object and year may shrink in proportion to its cost, and nothing is lost.
        """
        instance = self._instance
        funds = instance.funds.values() if instance.money_is_limited else ()
        cut = len(BudgetPeriods(instance).ranges) > len(instance.horizon.years)
        ordered = any(fund.basis == "commitment" for fund in funds)
        names_beneficiaries = any(rule.beneficiaries is not None for fund in funds for rule in fund.eligibility)
        return tuple(fund for fund in funds if fund.cofinancing < 1) if cut or ordered or names_beneficiaries else ()

    def _is_cofinanced(self, cost_type: str, name: str) -> bool:
        return any(admits(fund, payable(self._instance, cost_type, name)) for fund in self._cofinancing_funds)

    @cached_property
    def _cofinanced_lines(self) -> frozenset[str]:
        """Lines whose cost one of these funds may share."""
        items = self._instance.items
        lines = self._instance.lines.values()
        return frozenset(line.name for line in lines if self._is_cofinanced(items[line.item].cost_type, line.name))

    @cached_property
    def _lacks(self) -> frozenset[CountedKey]:
        """The rules that what happened before the horizon breaks: there is something to make up for."""
        return frozenset(lacks(self._instance))

    # ── Shares of supply, work shares and locks ──────────────────────────────────────────────────

    def _policies(self) -> list[Policy]:
        return [policy for policy in self._instance.policies if policy.kind != "forbid"]

    @cached_property
    def _shared_items(self) -> frozenset[str]:
        """Items whose making counts in a share."""
        return frozenset().union(*(policy.items for policy in self._policies() if policy.places))

    @cached_property
    def _moving_items(self) -> frozenset[str]:
        """Items whose dispatching counts in a share, or is locked to some quantity."""
        shared = [policy.items for policy in self._policies() if policy.routes]
        return frozenset().union(*shared, *(self._items_of(lock) for lock in self._locks("ship")))

    @cached_property
    def _working_nations(self) -> frozenset[str]:
        if not self._instance.money_is_limited:
            return frozenset()
        return frozenset(nation.name for nation in self._instance.nations.values() if nation.work_share_min)

    @cached_property
    def _planned_items(self) -> frozenset[str]:
        """Items that the previous plan made or dispatched: the same may have to be done again for nothing."""
        previous = self._instance.previous
        makes = {self._instance.lines[line].item for line, _period in previous.production}
        return frozenset(makes | {item for item, _leg, _period in previous.shipments})

    def _locks(self, kind: str) -> list[Lock]:
        """The locks of a kind that ask for some quantity."""
        return [lock for lock in self._instance.locks if lock.kind == kind and lock.asks]

    def _items_of(self, lock: Lock) -> frozenset[str]:
        return frozenset(self._instance.items if lock.item is None else [lock.item])

    @staticmethod
    def _locked_to_run(line: Line, lock: Lock) -> bool:
        return lock.line in (None, line.name) and lock.node in (None, line.factory) and lock.item in (None, line.item)

    # ── Content of origin ────────────────────────────────────────────────────────────────────────

    @cached_property
    def _lifting_content(self) -> frozenset[str]:
        """Lines whose content lifts a fund's portfolio, where there is something to make up for."""
        lifting: set[str] = set()
        for fund in self._instance.funds.values() if self._instance.money_is_limited else ():
            least = fund.content_min
            if fund.content_scope == "fund" and least is not None:
                shares = self._content_shares(fund)
                behind = (CountedRule.CONTENT, (fund.name,)) in self._lacks
                if behind or min(shares.values(), default=1.0) < least:
                    lifting |= {name for (kind, name), share in shares.items() if kind == "line" and share > least}
        return frozenset(lifting)

    def _content_shares(self, fund: Fund) -> dict[tuple[str, str], float]:
        """(kind, name) → content that the fund counts, of the lines and expansions that it may pay for."""
        instance = self._instance
        lines = [payable(instance, instance.items[line.item].cost_type, line.name) for line in instance.lines.values()]
        things = [what for what in lines if what.cost_type in CONTENT_COST_TYPES]
        things += [payable(instance, "capacity", name) for name in instance.expansions]
        shares = {(what.kind, what.object): content_share(fund, what) for what in things if admits(fund, what)}
        return {key: share for key, share in shares.items() if share is not None}
