"""Plans made by hand for looking at: their tables are plausible, not optimal; nothing here was solved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from math import inf, nan
from typing import Any

import numpy as np
import pandas as pd

from planner import catalogue
from planner.domain.horizon import Horizon
from planner.domain.instance import (
    Budget,
    Commitment,
    Demand,
    EligibilityRule,
    Expansion,
    Fund,
    Item,
    Leg,
    Line,
    Nation,
    Node,
    PlanningInstance,
    RouteItem,
    Settings,
    Supply,
    Target,
)
from planner.plan import SolveOptions, solve
from planner.plan.ledger import burden_sharing, ledger, nations
from planner.plan.plan import TABLE_COLUMNS, LevelResult, Plan
from planner.records.parts import InputFile
from planner.records.run import Counts, RunRecord
from planner.run import record
from planner.workbook import read_instance
from tests.places import INPUTS

Case = tuple[Plan, RunRecord]
MARKING = "EXERCISE – NOT FOR RELEASE"
LEVELS = [
    (1, "binding_shortfall", "Shortfall of binding commitments", "EUR of value x priority"),
    (2, "other_shortfall", "Shortfall of other demand", "EUR of value x priority"),
    (3, "lateness", "Lateness", "EUR of value x priority x periods"),
    (4, "target_shortfall", "Stock targets missed", "EUR of value x priority x periods"),
    (5, "cost", "Discounted cost", "EUR"),
]


def table(name: str, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Rows of prices may end with the unit: then one less costs what one more brings."""
    if name == "prices":
        rows = [row if len(row) > 7 else priced(*row) for row in rows]
    return pd.DataFrame(rows, columns=list(TABLE_COLUMNS[name]))


def priced(
    *row: Any, one_less: float | None = None, exact: str = "yes", beside: str = "", together: float = nan
) -> tuple[Any, ...]:
    """A row of prices, from its family to its unit, and what one less costs (as much, if not given)."""
    less = row[5] if one_less is None else one_less
    return (*row, less, nan, nan, "yes" if less == row[5] else "no", exact, "no", beside or None, together)


def all_tables(**filled: list[tuple[Any, ...]]) -> dict[str, pd.DataFrame]:
    return {name: table(name, filled.get(name, [])) for name in TABLE_COLUMNS}


def run_of(instance: PlanningInstance, levels: list[LevelResult], status: str = "optimal") -> RunRecord:
    """What a run of this instance could say of itself."""
    sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    source = InputFile(file="coalition.xlsx", path="/inputs/coalition.xlsx", sha256=sha256)
    started = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    begun = record.begun(instance, source, record.options_of(SolveOptions()), catalogue.load("full"), started)
    return begun.but(
        **record.level_entries(levels),
        status=status,
        verification="verified",
        verified={"material_balance": 3.1e-9, "line_capacity": 0.0, "payments": 2.2e-8},
        not_enforced=(),
        counts=Counts(rows=12345, columns=67890, nonzeros=234567),
        seconds={"read": 0.8, "build": 2.1, "solve": 7.4, "verify": 1.0},
    )


def renewed_attack() -> Case:
    """The small sample with contingencies as it is solved, marked."""
    instance = read_instance(INPUTS / "renewed-attack")
    plan = solve(replace(instance, settings=replace(instance.settings, marking=MARKING)))
    return plan, run_of(plan.instance, list(plan.levels))


def small() -> Case:
    """Two nodes, one item, three months, no money, no coordinates, no marking: everything is delivered."""
    horizon = Horizon(date(2026, 1, 1), 3)
    every = range(3)
    instance = PlanningInstance(
        settings=Settings(title="Two places", objective="weighted"),
        horizon=horizon,
        items={"shell": Item("shell")},
        nodes={"Works": Node("Works", "factory", every), "Front": Node("Front", "destination", every)},
        legs={"Works>Front": Leg("Works>Front", "Works>Front", "Works", "Front", every, cost_per_t=2.0)},
        lines={"Works:shell": Line("Works:shell", "Works", "shell", every, unit_cost=10.0, capacity=(100.0,) * 3)},
        demands=tuple(Demand(f"d{t}", "Front", "shell", t, 40.0 + t, range(t, t + 1)) for t in every),
    )
    tables = all_tables(
        production=[("Works:shell", "Works", None, "shell", t + 1, 40.0 + t, 400.0 + 10 * t) for t in every],
        shipments=[
            ("Works>Front", "Works", "Front", "", "shell", t + 1, t + 1, 40.0 + t, 40.0 + t, 80.0 + 2 * t)
            for t in every
        ],
        deliveries=[(f"d{t}", None, "Front", "shell", t + 1, t + 1, 40.0 + t) for t in every],
    )
    levels = [LevelResult(0, "weighted", "Weighted objective", "EUR", 1476.0, 1476.0, 0.0, "optimal")]
    return Plan(instance, tables, tuple(levels), "optimal"), run_of(instance, levels)


NATIONS = {
    "PL": (52.2, 21.0), "DE": (51.3, 10.4), "FR": (47.0, 2.5), "RO": (45.6, 25.0), "CZ": (49.8, 15.5),
    "SE": (59.6, 15.2), "NO": (60.4, 8.5), "IT": (43.8, 11.2), "ES": (40.3, -3.6), "UK": (52.6, -1.6),
    "NL": (52.1, 5.4), "DK": (56.0, 9.5), "LT": (55.2, 23.9), "FI": (62.0, 25.7), "EL": (39.4, 22.6),
    "BG": (42.7, 25.2), "SK": (48.7, 19.5), "BE": (50.7, 4.6), "PT": (39.5, -8.0), "EE": (58.7, 25.8),
    "LV": (56.9, 24.9), "HR": (45.5, 15.9), "SI": (46.1, 14.8), "AT": (47.6, 14.1), "IE": (53.2, -7.8),
    "LU": (49.7, 6.1), "CY": (35.0, 33.0), "IS": (64.9, -18.5), "ME": (42.8, 19.2), "AL": (41.1, 20.1),
    "US": (39.5, -77.5), "CA": (45.4, -75.7), "JP": (35.7, 139.7), "TR": (39.9, 32.8), "AU": (-35.3, 149.1),
}  # fmt: skip
ITEMS = {
    "155mm": Item("155mm", "155 mm shell", "AMMO", unit="round", weight_t=0.05, volume_m3=0.03, neq_kg=9.0),
    "interceptor": Item("interceptor", "Air-defence interceptor", "AD", unit="missile", weight_t=0.9, volume_m3=2.0),
    "drone": Item("drone", "Reconnaissance drone", "DRONE", unit="piece", weight_t=0.02, volume_m3=0.1),
    "ifv": Item("ifv", "Infantry fighting vehicle", "VEHICLE", unit="vehicle", weight_t=30.0, volume_m3=90.0),
    "mine_clearing": Item("mine_clearing", "Mine-clearing vehicle", "ENGINEER", unit="vehicle", weight_t=18.0),
    "trench_works": Item(
        "trench_works", "Field fortification", "WORKS", "works", unit="km", weight_t=0.0, shelf_life=0
    ),
    "powder": Item("powder", "Propellant powder", "AMMO", unit="t", weight_t=1.0),
}
VALUES = {"155mm": 4200.0, "interceptor": 2.1e6, "drone": 38e3, "ifv": 6.4e6, "mine_clearing": 2.9e6,
          "trench_works": 1.1e6, "powder": 21e3}  # fmt: skip
COMMITMENTS = {
    "LTDP": Commitment("LTDP", "Long-term defence packages", "armed forces", ("PL", "DE", "FR"), True),
    "AD-SHIELD": Commitment("AD-SHIELD", "Air shield over cities", "armed forces", ("DE", "NO"), True),
    "ENG": Commitment("ENG", "Fortification works and demining", "defensive works", ("SE", "DK")),
    "MON": Commitment("MON", "Monitoring equipment for the ceasefire line", "monitoring", ("FR", "UK")),
    "MNF": Commitment("MNF", "Multinational force: equipment by air, sea and land", "multinational force"),
}


def coalition(periods: int = 36, nations: int = 12) -> Case:
    """A coalition's plan: geography, funds, shortfalls, targets, prices, expansions; sized by its arguments."""
    random = np.random.default_rng(7)
    horizon = Horizon(date(2026, 1, 1), periods)
    chosen = list(NATIONS)[:nations]
    instance = _instance(horizon, chosen)
    tables = _tables(instance, random)
    values = [0.0, 5.2e9, 8.8e8, 3.1e9, 1.94e10]
    levels = [
        LevelResult(*level, value=value, bound=value, gap=0.0, status="optimal")
        for level, value in zip(LEVELS, values, strict=True)
    ]
    run = run_of(instance, levels).but(
        verification="verified; 3 rules not enforced",
        not_enforced=(
            "Contingencies: renewed_attack (2 rows) – reserve for a renewed attack is not planned yet",
            "Policies: at_most_60_percent_one_nation – largest share of a nation",
            "Nations: work_share_min of PL, DE",
        ),
        removed_by_events=("Demand!A19: MNF-2 (event ceasefire does not happen)",),
        warnings=("Demand!A7: no supply can reach kyiv_hub with mine_clearing before 2026-05",),
    )
    return Plan(instance, tables, tuple(levels), "optimal"), run


def _instance(horizon: Horizon, chosen: list[str]) -> PlanningInstance:
    every = range(horizon.periods)
    nodes: dict[str, Node] = {}
    for place, code in enumerate(chosen):
        latitude, longitude = NATIONS[code]
        kind = "market" if code in ("US", "CA", "JP", "AU") else "factory"
        nodes[f"{code}_works"] = Node(f"{code}_works", kind, every, code, latitude, longitude, (inf,) * horizon.periods)
        if place < 24 and kind == "factory":
            storage = (4000.0 + 500 * place,) * horizon.periods
            nodes[f"{code}_depot"] = Node(
                f"{code}_depot", "depot", every, code, latitude - 0.9, longitude + 1.1, storage
            )
    for name, latitude, longitude, limit in (("rzeszow", 50.0, 22.0, 9000.0), ("constanta", 44.2, 28.6, 4000.0)):
        nodes[name] = Node(
            name, "transit", every, None, latitude, longitude, (0.0,) * horizon.periods, throughput_t=limit
        )
    for name, latitude, longitude in (("kyiv_hub", 50.4, 30.5), ("odesa", 46.5, 30.7), ("dnipro", 48.5, 35.0)):
        nodes[name] = Node(name, "destination", every, "UA", latitude, longitude, (inf,) * horizon.periods)
    lines = {
        f"{code}:{item}": Line(f"{code}:{item}", f"{code}_works", item, every, VALUES[item] * 0.9, (40.0 + 7 * place,) * horizon.periods)
        for place, code in enumerate(chosen)
        for item in [list(ITEMS)[place % 6], list(ITEMS)[(place + 2) % 6]]
    }  # fmt: skip
    targets = {
        f"{code} ammunition": Target(f"{code} ammunition", (f"{code}_depot",), ("155mm",), every, 3000.0)
        for code in chosen[:14]
        if f"{code}_depot" in nodes
    }
    targets["Air defence reserve"] = Target("Air defence reserve", ("PL_depot",), ("interceptor",), every, None, 45.0)
    return PlanningInstance(
        settings=Settings("Coalition support 2026–2028 (illustrative)", marking=MARKING),
        horizon=horizon,
        items=ITEMS,
        nodes=nodes,
        nations=_partners(chosen),
        legs=_legs(nodes, every),
        route_items={("ifv", "rzeszow>kyiv_hub:rail"): RouteItem(capacity=20.0)},
        lines=lines,
        expansions={"PL shell works": Expansion("PL shell works", "line", "PL:155mm", 2.5e5, every, 200.0, 6)},
        supplies=tuple(Supply(f"{c}_depot", "155mm", 900.0) for c in chosen[:5]),
        commitments=COMMITMENTS,
        demands=_demands(horizon),
        targets=targets,
        funds=_funds(horizon, chosen),
        notes=("Settings: figures are illustrative, not plans of any state.",
               "SAFE: 150 EUR bn, Council Regulation (EU) 2025/1106 [verified]",
               "155 mm shell: unit cost 4 200 EUR [derived from press figures]") * 6,
        unit_values=VALUES,
    )  # fmt: skip


def _partners(chosen: list[str]) -> dict[str, Nation]:
    """All but the beneficiary have a key; some have bounds and goals."""
    partners = {
        code: Nation(code, {"PL": "Poland", "DE": "Germany"}.get(code, ""), key=100.0 - 2 * place)
        for place, code in enumerate(chosen)
    }
    partners["PL"] = replace(partners["PL"], contribution_max=0.5, work_share_min=0.4)
    partners["DE"] = replace(partners["DE"], contribution_min=0.01, work_share_min=1.0)
    return partners | {"UA": Nation("UA", beneficiary=True)}


def _legs(nodes: dict[str, Node], every: range) -> dict[str, Leg]:
    legs: dict[str, Leg] = {}

    def add(origin: str, end: str, mode: str, tonnes: float, lead: int = 1) -> None:
        name = f"{origin}>{end}:{mode}"
        legs[name] = Leg(name, name, origin, end, every, mode, lead, 60.0, (tonnes,) * len(every))

    for name, node in nodes.items():
        if node.kind == "factory" and f"{node.nation}_depot" in nodes:
            add(name, f"{node.nation}_depot", "road", 800.0, 0)
        if node.kind in ("depot", "market"):
            add(name, "rzeszow", "rail" if node.kind == "depot" else "air", 900.0 if node.kind == "depot" else 60.0)
            add(name, "constanta", "sea", 600.0, 2)
    for origin, end, mode, tonnes in (
        ("rzeszow", "kyiv_hub", "rail", 5000.0), ("rzeszow", "kyiv_hub", "road", 2500.0), ("constanta", "odesa", "rail", 3000.0),
        ("kyiv_hub", "dnipro", "rail", 2500.0), ("odesa", "dnipro", "road", 900.0), ("dnipro", "kyiv_hub", "rail", 2500.0),
    ):  # fmt: skip
        add(origin, end, mode, tonnes)
    return legs


def _demands(horizon: Horizon) -> tuple[Demand, ...]:
    wanted = [
        ("LTDP", "155mm", "kyiv_hub", 9000.0), ("LTDP", "ifv", "dnipro", 9.0), ("AD-SHIELD", "interceptor", "kyiv_hub", 22.0),
        ("ENG", "trench_works", "dnipro", 14.0), ("ENG", "mine_clearing", "odesa", 4.0), ("MON", "drone", "odesa", 160.0),
        ("MNF", "drone", "dnipro", 90.0), ("MNF", "ifv", "kyiv_hub", 3.0),
    ]  # fmt: skip
    return tuple(
        Demand(f"{c}-{item}-{to}", to, item, t, q * (1 + t / horizon.periods), range(t, min(t + 3, horizon.periods)), c,
               COMMITMENTS[c].binding)
        for c, item, to, q in wanted
        for t in range(1, horizon.periods)
    )  # fmt: skip


def _funds(horizon: Horizon, chosen: list[str]) -> dict[str, Fund]:
    every, years = range(horizon.periods), horizon.years
    funds = {
        "SAFE": Fund(
            "SAFE", every, "loan", ceiling=9e9, budgets=tuple(Budget(c, y, 3e8) for c in chosen[:8] for y in years)
        ),
        "UA_SUPPORT_LOAN": Fund("UA_SUPPORT_LOAN", every, "loan", True, budgets=(Budget("EU", years[0], 2.4e9),)),
        "EDIP": Fund("EDIP", every, "grant", eligibility=(EligibilityRule(),), budgets=(Budget("EU", years[0], 3e8),)),
        "PURL": Fund("PURL", every, "pledge", budgets=tuple(Budget(c, years[0], 5e8) for c in ("NO", "NL"))),
    }
    for code in chosen:
        funds[f"bilateral_{code}"] = Fund(
            f"bilateral_{code}", every, budgets=tuple(Budget(code, y, 1.2e8) for y in years)
        )
    return funds


def _tables(instance: PlanningInstance, random: np.random.Generator) -> dict[str, pd.DataFrame]:
    periods = instance.horizon.periods
    production, shipments, stocks = [], [], []
    for line in instance.lines.values():
        for t in range(periods):
            made = round(float(random.uniform(0.3, 1.0)) * line.capacity[t], 3)
            nation = instance.nodes[line.factory].nation
            production.append((line.name, line.factory, nation, line.item, t + 1, made, made * line.unit_cost))
    for place, leg in enumerate(instance.legs.values()):
        if place % 11 == 10:
            continue
        for t in range(periods - leg.lead_time):
            item = list(ITEMS)[(t + place) % 5]
            tonnes = leg.capacity_t[t] * (1.0 if place % 6 == 0 and t % 3 else float(random.uniform(0.1, 0.9)))
            weight = ITEMS[item].weight_t
            shipments.append((leg.route, leg.origin, leg.destination, leg.mode, item, t + 1, t + 1 + leg.lead_time,
                              tonnes / weight, tonnes, 60.0 * tonnes))  # fmt: skip
    for node in instance.nodes.values():
        if node.kind == "depot":
            for t in range(periods):
                stocks.append((node.name, "155mm", t + 1, float(random.uniform(1500, 5200)) * (0.5 + t / periods)))
                stocks.append((node.name, "ifv", t + 1, float(random.uniform(5, 20))))
    stock_of = {(node, t): quantity for node, item, t, quantity in stocks if item == "155mm"}
    deliveries, shortfalls = _service_tables(instance, random)
    made = all_tables(
        production=production,
        shipments=shipments,
        stocks=stocks,
        deliveries=deliveries,
        shortfalls=shortfalls,
        targets=_target_rows(instance, stock_of),
        scrap=[("PL_depot", "155mm", 5, 12.0, 240.0)],
        investments=[("PL shell works", "PL:155mm", t, t + 6, 40.0, 1e7) for t in (2, 5, 8) if t + 6 <= periods],
        payments=_payments(instance, random),
        prices=_prices(instance),
    )
    for name, rows in (("nations", nations), ("ledger", ledger), ("burden_sharing", burden_sharing)):
        made[name] = table(name, list(rows(instance, made)))
    return made


def _service_tables(instance: PlanningInstance, random: np.random.Generator) -> tuple[list[Any], list[Any]]:
    deliveries, shortfalls = [], []
    for demand in instance.demands:
        part = 1.0 if demand.binding and demand.item != "ifv" else float(random.uniform(0.3, 1.0))
        late = 0.25 if len(demand.window) > 1 and demand.item in ("155mm", "drone") else 0.0
        key = (demand.name, demand.commitment, demand.destination, demand.item, demand.due + 1)
        deliveries.append((*key, demand.due + 1, demand.quantity * part * (1 - late)))
        if late:
            deliveries.append((*key, demand.due + 2, demand.quantity * part * late))
        if part < 1:
            shortfalls.append((*key, demand.quantity * (1 - part)))
    return deliveries, shortfalls


def _target_rows(instance: PlanningInstance, stock_of: dict[tuple[str, int], float]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for target in instance.targets.values():
        for t in target.periods:
            if target.quantity is not None:
                held, item = stock_of[target.nodes[0], t + 1], None
                wanted = target.quantity
            else:
                held, item, wanted = 30.0 + t % 9, "interceptor", 33.0 + t * 0.4
            rows.append((target.name, t + 1, wanted, held, max(wanted - held, 0.0), item))
    return rows


def _payments(instance: PlanningInstance, random: np.random.Generator) -> list[tuple[Any, ...]]:
    rows = []
    lines = list(instance.lines.values())
    for fund in instance.funds.values():
        for place, budget in enumerate(fund.budgets):
            line = lines[(place * 5 + len(fund.name)) % len(lines)]
            nation = instance.nodes[line.factory].nation
            amount = budget.amount * (1.0 if fund.name == "SAFE" else float(random.uniform(0.2, 1.0)))
            cost_type = "works" if line.item == "trench_works" else "procurement"
            year, payer = budget.year, (fund.name, budget.contributor)
            rows.append((*payer, cost_type, line.name, nation, year, amount * 0.9, year))
            rows.append((*payer, "transport", "rzeszow>kyiv_hub:rail", None, year, amount * 0.1, year))
    return rows


def _prices(instance: PlanningInstance) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    level = "other_shortfall"
    for year_start in range(0, instance.horizon.periods, 12):
        rows.append(("fund_limit", "SAFE", None, year_start + 1, level, 1.11 - year_start / 100, "per unit of money"))
    for t in range(instance.horizon.periods):
        rows.append(("line_capacity", "PL:155mm", "155mm", t + 1, level, 900.0 - t, "per unit of capacity"))
        rows.append(("throughput", "rzeszow", None, t + 1, "cost", 12.5, "per t"))
        if t % 2:
            rows.append(("route_capacity", "rzeszow>kyiv_hub:rail", None, t + 1, level, 5200.0, "per t"))
            rows.append(
                ("demand_balance", "LTDP-155mm-kyiv_hub", "155mm", t + 1, "cost", 3900.0 + t, "per unit of demand")
            )
    return rows


def with_many_shipments(plan: Plan, rows: int) -> Plan:
    """The same plan with its shipments split into `rows` rows: for speed, and for sheets that are cut."""
    shipments = plan.tables["shipments"]
    times = rows // len(shipments) + 1
    split = pd.concat([shipments] * times, ignore_index=True).iloc[:rows].copy()
    for column in ("quantity", "tonnes", "cost"):
        split[column] = split[column] / times
    return Plan(plan.instance, {**plan.tables, "shipments": split}, plan.levels, plan.status)
