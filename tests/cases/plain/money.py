"""Money, written down from the contract as plainly as it reads: who may pay what, in which period, how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from math import inf

from plain.contributions import add_contributions
from plain.goods import Goods
from plain.lp import Terms
from plain.world import Row, World, names, number

Shares = dict[str, float]
Due = tuple[str, str, int, int]  # cost type, object, period of the order, period in which the cost falls


def add_money(goods: Goods, taking_part: Mapping[str, tuple[str, ...]]) -> Terms:
    """Rows of payments, each cost paid by funds of which some row of eligibility admits it; the interest's terms."""
    world, lp, interest = goods.world, goods.lp, []
    due: dict[Due, Terms] = defaultdict(list)
    for cost in goods.costs:
        due[cost.cost_type, cost.object, cost.ordered, cost.period].append((cost.variable, cost.amount))
    reached: dict[tuple[str, str], Terms] = defaultdict(list)
    all_pays: dict[str, dict[int, Terms]] = {}
    for name, fund in world.funds.items():
        pays: dict[int, Terms] = defaultdict(list)  # by the period in which the fund counts it
        all_pays[name] = pays
        content: Terms = []
        units: dict[tuple[int, str], Terms] = defaultdict(list)  # of a line, paid under a row with beneficiaries
        rows = [row for row in world.rows("Eligibility") if row["fund"] == name] or [{}]
        for key, terms in due.items():
            cost_type, paid_for, _, period = key
            counted = _counted(fund, key)
            if counted not in world.window(fund) or not _content_holds(world, fund, cost_type, paid_for):
                continue
            for number_of_row, row in enumerate(rows):
                if not _rule_admits(world, row, cost_type, paid_for):
                    continue
                payment = lp.variable()
                terms.append((payment, -1.0))
                goods.payments.append(((name, cost_type, paid_for, period), payment))
                pays[counted].append((payment, 1.0))
                interest += [(payment, amount) for amount in _interest(world, fund, period)]
                for tier in range(2, int(number(row, "tier", 1)) + 1):
                    goods.levels[f"tier_{tier}"].append((payment, 1.0))
                if fund.get("content_scope") == "fund" and cost_type in {"procurement", "capacity"}:
                    excess = _share(world, fund, cost_type, paid_for) - number(fund, "content_min")
                    content.append((payment, excess))
                if names(row, "beneficiaries") and _is_allocated(world, cost_type, paid_for):
                    unit_cost = number(world.lines[paid_for], "unit_cost")
                    units[number_of_row, paid_for].append((payment, 1 / unit_cost))
        for (number_of_row, line), paid in units.items():
            _allocate(goods, rows[number_of_row], str(world.lines[line]["item"]), paid, reached)
        _limits(goods, name, fund, pays)
        if fund.get("content_min", "") != "":
            lp.row(content, lower=0.0)
        _cofinancing(goods, fund, due, {payment for terms in pays.values() for payment, _ in terms})
    for terms in due.values():
        lp.row(terms, 0.0, 0.0)
    _no_more_than_reaches(goods, reached)
    add_contributions(goods, all_pays, taking_part)
    return interest


def _counted(fund: Row, key: Due) -> int:
    """The period in which the fund counts a cost: that of the order, or that in which it falls."""
    return key[2] if fund.get("basis") == "commitment" else key[3]


def _is_allocated(world: World, cost_type: str, paid_for: str) -> bool:
    """A line that makes a finished item at a cost."""
    if cost_type in {"transport", "storage", "capacity"}:
        return False
    line = world.lines[paid_for]
    used = any(
        part["component"] == line["item"]
        and part["item"] == other["item"]
        and (part["line"] == name if part["line"] != "" else world.nodes[str(other["factory"])]["kind"] != "market")
        for part in world.rows("Components")
        for name, other in world.lines.items()
    )
    return number(line, "unit_cost") > 0 and not used


def _allocate(goods: Goods, row: Row, item: str, paid: Terms, reached: dict[tuple[str, str], Terms]) -> None:
    """The units paid over the horizon are told to nations of the row."""
    by_nation: Terms = []
    for nation in sorted(goods.world.nations_meant(row, "beneficiaries")):
        variable = goods.lp.variable()
        by_nation.append((variable, -1.0))
        reached[item, nation].append((variable, 1.0))
    goods.lp.row([*paid, *by_nation], 0.0, 0.0)


def _no_more_than_reaches(goods: Goods, reached: dict[tuple[str, str], Terms]) -> None:
    """What all funds tell to a nation is at most what is delivered to, or held at the end in, its nodes."""
    world = goods.world
    for (item, nation), terms_of in reached.items():
        there = [node for node in world.nodes if world.nation_of(node) == nation]
        terms = [(variable, -1.0) for node in there for variable, _ in goods.delivered[node, item]]
        terms += [(variable, -1.0) for node in there for variable, _ in goods.held[node, item, world.periods[-1]]]
        goods.lp.row([*terms_of, *terms], upper=0.0)


def _interest(world: World, fund: Row, period: int) -> list[float]:
    """Discounted, for the fiscal year of the payment and each later one of the horizon."""
    if fund["kind"] != "loan":
        return []
    years = world.fiscal_years
    later = sorted({year for year in years if year >= years[period]})
    return [number(fund, "interest") * world.discount[years.index(year)] for year in later]


def _limits(goods: Goods, name: str, fund: Row, pays: dict[int, Terms]) -> None:
    """By the end of each period no more is paid than has become usable: of the year, or with carry-over in all."""
    world, years = goods.world, goods.world.fiscal_years
    kept = fund.get("carry_over") == "yes"
    for period in world.periods:
        counted = [p for p in range(period + 1) if kept or years[p] == years[period]]
        limit = sum(
            number(row, "amount") * world.money_left(row)
            for row in world.rows("Budgets")
            if row["fund"] == name
            and number(row, "from", 1) - 1 <= period
            and (int(row["year"]) == years[period] or (kept and int(row["year"]) < years[period]))
        )
        goods.lp.row([term for p in counted for term in pays[p]], upper=limit)
    for row in world.rows("Tranches"):
        if row["fund"] == name:
            so_far = [term for period in range(int(row["period"])) for term in pays[period]]
            goods.lp.row(so_far, upper=number(row, "amount"))
    everything = [term for terms in pays.values() for term in terms]
    goods.lp.row(everything, upper=number(fund, "ceiling", inf))


def _cofinancing(goods: Goods, fund: Row, due: dict[Due, Terms], payments: set[int]) -> None:
    """Per object and fiscal year: what the fund pays is at most its share of the cost that it counts in its window."""
    rate = number(fund, "cofinancing", 1.0)
    rows: dict[tuple[str, str, int], Terms] = defaultdict(list)
    for key, terms in due.items():
        counted = _counted(fund, key)
        if counted not in goods.world.window(fund):
            continue
        for variable, amount in terms:
            if variable in payments:
                rows[key[0], key[1], goods.world.fiscal_years[counted]].append((variable, 1.0))
            elif amount > 0:
                rows[key[0], key[1], goods.world.fiscal_years[counted]].append((variable, -rate * amount))
    for terms in rows.values():
        goods.lp.row(terms, upper=0.0)


def _content_holds(world: World, fund: Row, cost_type: str, paid_for: str) -> bool:
    """Where the content rule holds per line, lines and expansions have their share from the group."""
    by_line = fund.get("content_min", "") != "" and fund.get("content_scope") == "line"
    if by_line and cost_type not in {"transport", "storage"}:
        return _share(world, fund, cost_type, paid_for) >= number(fund, "content_min") - 1e-12
    return True


def _rule_admits(world: World, row: Row, cost_type: str, paid_for: str) -> bool:
    """Items are asked of lines and their expansions, producers of all that a place stands behind."""
    if names(row, "cost_types") and cost_type not in names(row, "cost_types"):
        return False
    line = _line(world, cost_type, paid_for)
    if line is not None and line["item"] not in world.items_meant(row, "items"):
        return False
    node = _node(world, cost_type, paid_for)
    asked = node is not None and bool(names(row, "producers"))
    return not asked or world.nation_of(node or "") in world.nations_meant(row, "producers")


def _line(world: World, cost_type: str, paid_for: str) -> Row | None:
    if cost_type == "capacity":
        return world.lines.get(str(world.expansions[paid_for]["line"]))
    return None if cost_type in {"transport", "storage"} else world.lines[paid_for]


def _node(world: World, cost_type: str, paid_for: str) -> str | None:
    """The node behind a cost; a route has none."""
    line = _line(world, cost_type, paid_for)
    if line is not None:
        return str(line["factory"])
    if cost_type == "storage":
        return paid_for
    if cost_type == "transport":
        return None
    expansion = world.expansions[paid_for]
    if expansion["resource"] != "":
        return str(world.resources[str(expansion["resource"])]["factory"])
    return str(expansion["node"]) or None


def _share(world: World, fund: Row, cost_type: str, paid_for: str) -> float:
    """The part of a line's or an expansion's content that comes from the fund's group."""
    group = world.nations_meant(fund, "content_group")
    return sum(share for nation, share in _content(world, cost_type, paid_for).items() if nation in group)


def _content(world: World, cost_type: str, paid_for: str) -> Shares:
    node, line = _node(world, cost_type, paid_for), _line(world, cost_type, paid_for)
    nation = world.nation_of(node) if node else ""
    written = [*([world.expansions[paid_for]] if cost_type == "capacity" else []), *([line] if line else [])]
    for row in written:
        if names(row, "content"):
            return {part.split(":")[0]: float(part.split(":")[1]) for part in names(row, "content")}
    return {nation: 1.0} if nation else {}
