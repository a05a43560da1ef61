"""From the raw tables to demands, targets, funds and what each nation should contribute."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from planner.verify.input.calendar import EVER, Calendar
from planner.verify.input.data import Demand, Target
from planner.verify.input.names import Names
from planner.verify.input.rule_data import Budget, Burden, EligibilityRow, Fund
from planner.verify.input.sheets import Row, Sheets


def read_demands(sheets: Sheets, calendar: Calendar) -> dict[tuple[str, int], Demand]:
    """By name and due period; rows due by an event that does not happen are gone."""
    pledged = {row.name("commitment"): bool(row.flag("binding")) for row in sheets("Commitments")}
    demands = {}
    for row in sheets.long("Demand"):
        due = calendar.opening(row.raw("period"))
        if due is None or not 0 <= due < calendar.periods:
            continue
        due -= row.whole("overdue", 0)
        name, commitment, binding = (
            row.name("demand") or f"Demand {row.line}",
            row.name("commitment"),
            row.flag("binding"),
        )
        demands[name, due] = Demand(
            name=name,
            commitment=commitment,
            destination=row.name("destination") or "",
            item=row.name("item") or "",
            due=due,
            quantity=row.number("quantity", 0.0),
            binding=pledged.get(commitment, False) if binding is None else binding,
            priority=row.number("priority", 1.0),
            max_delay=row.whole("max_delay", 0),
            shortage_cost=row.optional("shortage_cost", row.money),
            delay_cost=row.money("delay_cost", 0.0),
        )
    return demands


def read_targets(sheets: Sheets, calendar: Calendar, names: Names) -> dict[str, Target]:
    """Table Targets, by name."""
    targets = {}
    for row in sheets("Targets"):
        first = calendar.opening(row.raw("from"))
        if first is None:
            continue
        name = row.name("target") or f"Target {row.line}"
        targets[name] = Target(
            name=name,
            nodes=names.to_nodes(row.names("nodes"), ("depot",)),
            items=names.to_items(row.names("items")),
            first=max(first, 0),
            last=min(calendar.closing(row.raw("to")), calendar.periods - 1),
            quantity=row.optional("quantity", row.number),
            days=row.optional("days_of_supply", row.number),
            priority=row.number("priority", 1.0),
            shortage_cost=row.optional("shortage_cost", row.money),
        )
    return targets


def _budgets(sheets: Sheets, calendar: Calendar) -> dict[str, list[Budget]]:
    """Table Budgets, by fund; rows that an event makes available which does not happen are gone."""
    budgets: dict[str, list[Budget]] = {}
    for row in sheets("Budgets"):
        fund, year = row.name("fund") or "", row.whole("year", 0)
        available = calendar.opening(row.raw("from"))
        if available is not None:
            amount = row.money("amount", 0.0)
            budgets.setdefault(fund, []).append(Budget(row.name("contributor") or fund, year, amount, available))
    return budgets


def _tranches(sheets: Sheets, calendar: Calendar) -> dict[str, list[tuple[int, float]]]:
    """Table Tranches, by fund: (0-based period, what may be paid by then); those outside the horizon limit nothing."""
    tranches: dict[str, list[tuple[int, float]]] = {}
    for row in sheets("Tranches"):
        until = calendar.opening(row.raw("period"))
        if until is not None and 0 <= until < calendar.periods:
            tranches.setdefault(row.name("fund") or "", []).append((until, row.money("amount", 0.0)))
    return tranches


def read_funds(sheets: Sheets, calendar: Calendar, names: Names) -> dict[str, Fund]:
    """Tables Funds, Budgets, Tranches and Eligibility, by fund."""
    eligibility: dict[str, list[EligibilityRow]] = {}
    for row in sheets("Eligibility"):
        eligibility.setdefault(row.name("fund") or "", []).append(_eligibility(row, names))
    budgets, tranches = _budgets(sheets, calendar), _tranches(sheets, calendar)
    funds = {}
    for row in sheets("Funds"):
        first = calendar.opening(row.raw("opens"), blank=-EVER)
        if first is None:
            continue
        name = row.name("fund") or ""
        funds[name] = Fund(
            name=name,
            kind=row.choice("kind", "budget"),
            carry_over=bool(row.flag("carry_over")),
            cofinancing=row.number("cofinancing", 1.0),
            interest=row.number("interest", 0.0),
            ceiling=row.money("ceiling", inf),
            content_group=names.to_nations(row.names("content_group")),
            content_min=row.optional("content_min", row.number),
            content_scope=row.choice("content_scope", "line"),
            min_nations=row.whole("min_nations", 0) if row.flag("min_nations_enforced") else None,
            part_min=row.number("part_min", 0.001),
            commits=row.choice("basis", "cash") == "commitment",
            first=first,
            last=calendar.closing(row.raw("closes")),
            rows=tuple(eligibility.get(name, ())),
            budgets=tuple(budgets.get(name, ())),
            tranches=tuple(tranches.get(name, ())),
        )
    return funds


def _eligibility(row: Row, names: Names) -> EligibilityRow:
    def given(column: str) -> bool:
        return row.raw(column) is not None

    return EligibilityRow(
        cost_types=frozenset(name.lower() for name in row.names("cost_types")) if given("cost_types") else None,
        items=frozenset(names.to_items(row.names("items"))) if given("items") else None,
        producers=names.to_nations(row.names("producers")) if given("producers") else None,
        beneficiaries=names.to_nations(row.names("beneficiaries")) if given("beneficiaries") else None,
        tier=row.whole("tier", 1),
    )


def relaxed(fund: Fund, skipped: frozenset[str]) -> Fund:
    """The fund without the rules that a model leaves out, where others are read by them."""

    def row(each: EligibilityRow) -> EligibilityRow:
        return replace(each, beneficiaries=None if "allocation_balance" in skipped else each.beneficiaries)

    commits = fund.commits and "commitment" not in skipped
    return replace(fund, commits=commits, rows=tuple(row(each) for each in fund.rows))


def read_burdens(sheets: Sheets) -> dict[str, Burden]:
    """By nation."""
    return {
        row.name("nation") or "": Burden(
            key=row.optional("key", row.number),
            contribution_min=row.optional("contribution_min", row.number),
            contribution_max=row.optional("contribution_max", row.number),
            work_share_min=row.optional("work_share_min", row.number),
        )
        for row in sheets("Nations")
    }
