"""Who pays in whose name: every payment told to a contributor, and the rules on what each nation pays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from plain.agreements import bound
from plain.goods import Goods
from plain.lp import Terms
from plain.world import Row, World, number

Pays = dict[str, dict[int, Terms]]  # by fund and the period in which the fund counts it


def add_contributions(goods: Goods, pays: Pays, taking_part: Mapping[str, tuple[str, ...]]) -> None:
    world, lp = goods.world, goods.lp
    given: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)  # (fund, contributor): period, variable
    for fund, by_period in pays.items():
        budgets = [row for row in world.rows("Budgets") if row["fund"] == fund]
        contributors = sorted({_contributor(row) for row in budgets})
        for period, paid in by_period.items():
            parts = [(lp.variable(), name) for name in contributors]
            lp.row([*paid, *((part, -1.0) for part, _ in parts)], 0.0, 0.0)
            for part, name in parts:
                given[fund, name].append((period, part))
                goods.given.append((fund, name, period, part))
        for name in contributors:
            _limit(world, goods, world.funds[fund], [r for r in budgets if _contributor(r) == name], given[fund, name])
    total: dict[str, Terms] = defaultdict(list)
    for (_, name), parts in given.items():
        total[name] += [(part, 1.0) for _, part in parts]
    _common_procurement(goods, given, taking_part)
    _burden(goods, total)
    _work(goods, total)
    for row in world.rows("Locks"):
        if row["kind"] == "pay":
            _lock(goods, row, given)


def _contributor(row: Row) -> str:
    return str(row.get("contributor", "") or row["fund"])


def _limit(world: World, goods: Goods, fund: Row, budgets: list[Row], parts: list[tuple[int, int]]) -> None:
    """Up to each period: what was given of a year (with carry-over: so far) is at most what was there."""
    carry, years = fund.get("carry_over") == "yes", world.fiscal_years
    for last in world.periods:
        counted = [p for p in world.periods if p <= last and (carry or years[p] == years[last])]
        there = sum(
            number(row, "amount") * world.money_left(row)
            for row in budgets
            if (int(row["year"]) <= years[last] if carry else int(row["year"]) == years[last])
            and number(row, "from", 1) - 1 <= last
        )
        goods.lp.row([(part, 1.0) for period, part in parts if period in counted], upper=there)


def _common_procurement(
    goods: Goods, given: dict[tuple[str, str], list[tuple[int, int]]], taking_part: Mapping[str, tuple[str, ...]]
) -> None:
    """Each nation that takes part pays its least share of what the fund pays; without any the fund pays nothing."""
    for fund, nations in taking_part.items():
        everything = [(part, 1.0) for (name, _), parts in given.items() if name == fund for _, part in parts]
        if not nations:
            goods.lp.row(everything, upper=0.0)
        for nation in nations:
            own = [(part, 1.0) for _, part in given[fund, nation]]
            goods.lp.row(_less(own, number(goods.world.funds[fund], "part_min", 0.001), everything), lower=0.0)


def _less(own: Terms, share: float, whole: Terms) -> Terms:
    return [*own, *((part, -share * factor) for part, factor in whole)]


def _burden(goods: Goods, total: dict[str, Terms]) -> None:
    world, lp = goods.world, goods.lp
    everything = [term for terms in total.values() for term in terms]
    nations = {str(row["nation"]): row for row in world.rows("Nations")}
    keys = {name: number(row, "key") for name, row in nations.items() if row.get("key", "") != ""}
    among = [term for name in keys for term in total[name]]
    tolerance = world.settings.get("key_tolerance", "")
    for name, row in nations.items():
        if row.get("contribution_min", "") != "":
            lp.row(_less(total[name], number(row, "contribution_min"), everything), lower=0.0)
        if row.get("contribution_max", "") != "":
            lp.row(_less(total[name], number(row, "contribution_max"), everything), upper=0.0)
        if name in keys and tolerance != "" and sum(keys.values()) > 0:
            part = keys[name] / sum(keys.values())
            lp.row(_less(total[name], part * (1 - float(tolerance)), among), lower=0.0)
            lp.row(_less(total[name], part * (1 + float(tolerance)), among), upper=0.0)


def _work(goods: Goods, total: dict[str, Terms]) -> None:
    """Value produced, production and capacity, against what the nation pays."""
    world = goods.world
    for row in world.rows("Nations"):
        if row.get("work_share_min", "") != "":
            name = str(row["nation"])
            made: Terms = [(c.variable, c.amount) for c in goods.costs if _place(world, c.cost_type, c.object) == name]
            goods.lp.row(_less(made, number(row, "work_share_min"), total[name]), lower=0.0)


def _place(world: World, cost_type: str, name: str) -> str:
    """The nation in which a cost of production or capacity is spent."""
    if cost_type in {"transport", "storage"}:
        return ""
    if cost_type != "capacity":
        return world.nation_of(world.lines[name]["factory"])
    row = world.expansions[name]
    if row["line"] != "":
        return world.nation_of(world.lines[str(row["line"])]["factory"])
    if row["resource"] != "":
        return world.nation_of(world.resources[str(row["resource"])]["factory"])
    return world.nation_of(row["node"]) if row["node"] != "" else ""


def _lock(goods: Goods, row: Row, given: dict[tuple[str, str], list[tuple[int, int]]]) -> None:
    years = goods.world.fiscal_years
    locked = sorted({years[period] for period in goods.world.window(row, "from", "to")})
    meant = [
        (years[period], part)
        for (fund, name), parts in given.items()
        if row["fund"] in ("", fund) and row["contributor"] in ("", name)
        for period, part in parts
    ]
    for some in [locked] if row["per"] == "total" else [[year] for year in locked]:
        bound(goods.lp, row, [(part, 1.0) for year, part in meant if year in some])
