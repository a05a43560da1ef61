"""Who pays and who produces: by nation, programme and year, against keys, bounds and work-share goals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.plan.plan import Plan
from planner.report.data.rules.past import ALONE
from planner.report.pages.views import View, ViewColumn, coded
from planner.report.words.names import party_title
from planner.report.words.numbers import exact_share, listing, share
from planner.tolerances import SAME

MOST_NAMED = 3
MOST_ON_PAGE = 16  # nations in one table
MOST_YEARS = 5  # side by side on a page
Years = dict[int, float]


@dataclass(frozen=True)
class Ledger:
    """`paid` and `produced` by nation, then year, largest first; the views as the report shows them."""

    paid: dict[str, Years] = field(default_factory=dict)
    produced: dict[str, Years] = field(default_factory=dict)
    key_shares: list[tuple[str, float, float]] = field(default_factory=list)  # nation, share due, share paid
    work_shares: list[tuple[str, float, float | None]] = field(default_factory=list)  # nation, reached, goal
    views: tuple[View, ...] = ()


def read_ledger(plan: Plan) -> Ledger:
    """The ledger as the report shows it; without views where nothing is paid."""
    table, shares = plan.tables["ledger"], plan.tables["burden_sharing"]
    whole = shares[shares["year"].isna()]
    return Ledger(
        paid=_by_year(table, "contributed"),
        produced=_by_year(table, "produced"),
        key_shares=_key_shares(whole),
        work_shares=_work_shares(plan.instance, whole),
        views=tuple(
            view for view in (_burden(plan, whole), _work(plan, whole), _by_year_view(plan, shares), _programmes(plan)) if view.rows
        ),
    )  # fmt: skip


def _by_year(table: pd.DataFrame, column: str) -> dict[str, Years]:
    by_nation: dict[str, Years] = {}
    sums = table.groupby(["nation", "year"], sort=False)[column].sum()
    for key, amount in sums.items():
        nation, year = key if isinstance(key, tuple) else (key, 0)
        if amount > 0:
            by_nation.setdefault(str(nation), {})[int(year)] = float(amount)
    return dict(sorted(by_nation.items(), key=lambda entry: (-sum(entry[1].values()), entry[0])))


def _key_shares(whole: pd.DataFrame) -> list[tuple[str, float, float]]:
    keyed = whole[whole["share_due"].notna() & whole["share_paid"].notna()].sort_values(
        "share_due", ascending=False, kind="stable"
    )
    return [
        (str(nation), float(due), float(paid))
        for nation, due, paid in zip(keyed["nation"], keyed["share_due"], keyed["share_paid"], strict=True)
    ]


def _work_shares(instance: PlanningInstance, whole: pd.DataFrame) -> list[tuple[str, float, float | None]]:
    """Nations with a goal."""
    shares: list[tuple[str, float, float | None]] = []
    for nation, reached in zip(whole["nation"], whole["work_share"], strict=True):
        known = instance.nations.get(str(nation))
        if known is not None and known.work_share_min is not None and reached == reached:
            shares.append((str(nation), float(reached), known.work_share_min))
    return shares


def _rows(table: pd.DataFrame) -> list[Any]:
    """Its rows, each with its columns as attributes."""
    return list(table.itertuples(index=False))


def _none(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)


def _alone(plan: Plan) -> str:
    """Says that rules count more than the table shows, where they do."""
    return ALONE if plan.instance.past else ""


def _burden(plan: Plan, whole: pd.DataFrame) -> View:
    """Each contributor's part in all that is paid, its bounds, and the key."""
    tolerance = getattr(plan.instance.settings, "key_tolerance", None)
    parts = _parts_with_the_past(plan, whole)
    rows = [
        _burden_row(plan.instance, row, *parts[str(row.nation)], tolerance)
        for row in _rows(whole.sort_values("contributed", ascending=False, kind="stable"))
        if row.contributed > 0 or _none(row.share_due) is not None
    ]
    lead = (
        _alone(plan)
        + "Part: of all that is paid, by nations and institutions alike. Key: share due is the nation's key ÷ all "
        "keys; share paid is its part in what the nations with a key pay together; beyond the key is the money above "
        "that share."
    )
    if tolerance is not None:
        lead += f" The plan keeps every nation with a key within {exact_share(tolerance)} of its share due."
    return View(
        "who pays",
        "Who pays, and the balance against the key",
        lead,
        (
            ViewColumn("Contributor"),
            ViewColumn("Contributed", "money"),
            ViewColumn("Part", "share"),
            ViewColumn("At least", "share", note="contribution_min"),
            ViewColumn("At most", "share", note="contribution_max"),
            ViewColumn("Share due", "share", note="key ÷ all keys"),
            ViewColumn("Share paid", "share", note="of what nations with a key pay together"),
            ViewColumn("Difference", "points", "% points"),
            ViewColumn("Beyond the key", "change"),
            ViewColumn("State", "flag"),
        ),
        rows,
        MOST_ON_PAGE,
    )


def _burden_row(
    instance: PlanningInstance, row: Any, part: float, share_paid: float | None, tolerance: float | None
) -> tuple[object, ...]:
    """A contributor's row; `part` and `share_paid` with what was paid before the plan, as rules count them."""
    known = instance.nations.get(str(row.nation))
    least, most = (known.contribution_min, known.contribution_max) if known else (None, None)
    due = _none(row.share_due)
    lower, upper = (None, None) if due is None or tolerance is None else (due * (1 - tolerance), due * (1 + tolerance))
    bounds = (
        ("at its least part", least, part),
        ("at its largest part", most, part),
        ("at the key's lower bound", lower, share_paid),
        ("at the key's upper bound", upper, share_paid),
    )
    states = [state for state, bound, value in bounds if bound and value is not None and abs(value - bound) <= SAME]
    shares = (least, most, due, _none(row.share_paid), _none(row.difference), _none(row.over))
    name = party_title(instance, str(row.nation))
    return name, float(row.contributed), float(row.part), *shares, "; ".join(states)


def _parts_with_the_past(plan: Plan, whole: pd.DataFrame) -> dict[str, tuple[float, float | None]]:
    """Each contributor's part in all that is and was paid, and in what nations with a key pay and paid:
    what rules ask.
    """
    before = plan.instance.past.contributed()
    paid = {str(row.nation): float(row.contributed) + before.get(str(row.nation), 0.0) for row in _rows(whole)}
    total = sum(paid.values()) + sum(amount for name, amount in before.items() if name not in paid)
    keyed = [name for name, nation in plan.instance.nations.items() if nation.key]
    pool = sum(paid.get(name, before.get(name, 0.0)) for name in keyed)
    return {
        name: (amount / total if total else 0.0, amount / pool if pool and name in keyed else None)
        for name, amount in paid.items()
    }


def _work(plan: Plan, whole: pd.DataFrame) -> View:
    rows = []
    for row in _rows(whole.sort_values("produced", ascending=False, kind="stable")):
        known = plan.instance.nations.get(str(row.nation))
        goal = known.work_share_min if known else None
        if known is None or not (row.produced > 0 or goal is not None):
            continue
        work, missing = _none(row.work_share), _none(row.work_balance)
        size = max(1.0, row.produced, row.contributed)
        in_all = (missing or 0.0) + _work_before(plan, str(row.nation), goal or 0.0)
        state = "at its goal" if missing is not None and goal and abs(in_all) <= SAME * size else ""
        name = party_title(plan.instance, str(row.nation))
        balance = float(row.produced - row.contributed)
        rows.append((name, float(row.contributed), float(row.produced), balance, work, goal, missing, state))
    return View(
        "who produces",
        "Who produces, and the balance against work-share goals",
        _alone(plan)
        + "Produced: production cost at lines in the nation, offers of its markets included, and capacity bought "
        "there. Work share: produced ÷ contributed. Beyond the goal: produced less the goal times the contribution.",
        (
            ViewColumn("Nation"),
            ViewColumn("Contributed", "money"),
            ViewColumn("Produced", "money"),
            ViewColumn("Produced less contributed", "change"),
            ViewColumn("Work share", "ratio"),
            ViewColumn("Goal", "ratio", note="work_share_min"),
            ViewColumn("Beyond the goal", "change"),
            ViewColumn("State", "flag"),
        ),
        sorted(rows, key=lambda row: row[5] is None),
        MOST_ON_PAGE,
    )


def _work_before(plan: Plan, nation: str, goal: float) -> float:
    """What was produced in a nation before the horizon beyond the goal times what it paid then."""
    past = plan.instance.past
    return past.produced.get(nation, 0.0) - goal * past.contributed().get(nation, 0.0)


def _by_year_view(plan: Plan, shares: pd.DataFrame) -> View:
    """Nations in lines; for each year what they pay, produce, and where they stand against the key."""
    years = plan.instance.horizon.years[:MOST_YEARS]
    if len(years) < 2 or not len(shares):
        return View("by year", "", "", (), ())
    by = {(str(row.nation), int(row.year)): row for row in _rows(shares[shares["year"].notna()])}
    order = shares[shares["year"].isna()].sort_values("contributed", ascending=False, kind="stable")["nation"]
    rows = []
    for name in order:
        cells: list[float | None] = []
        for year in years:
            row = by.get((str(name), year))
            cells += (None, None, None) if row is None else (row.contributed, row.produced, _none(row.difference))
        if any(cells):
            rows.append((party_title(plan.instance, str(name)), *cells))
    columns = [ViewColumn("Nation")]
    for year in years:
        columns += [
            ViewColumn(f"{year} pays", "money"),
            ViewColumn(f"{year} produces", "money"),
            ViewColumn(f"{year} key", "points", "% points", "share paid less share due in that year"),
        ]
    lead = "By fiscal year: what each pays and produces, and by how much its share paid is beyond the share due."
    return View("ledger by year", "Year by year", lead, tuple(columns), rows, MOST_ON_PAGE)


def _programmes(plan: Plan) -> View:
    table = plan.tables["ledger"]
    table = table[table["fund"].notna() & (table["fund"] != "")]
    rows = []
    for name, part in table.groupby("fund", sort=False):
        paid = part.groupby("nation")["contributed"].sum()
        made = part.groupby("nation")["produced"].sum()
        kind = plan.instance.funds[str(name)].kind
        total = float(paid.sum())
        rows.append(
            (
                coded(plan.instance.funds, str(name)),
                kind,
                total,
                _leaders(plan, paid, total),
                _leaders(plan, made, total),
            )
        )
    return View(
        "programmes",
        "Programme by programme",
        "The programme is the fund. Shares are of what the fund pays; transport, storage and offers of no nation are "
        "produced nowhere. What a package (commitment) costs is not defined: goods and money of all packages mix.",
        (
            ViewColumn("Fund"),
            ViewColumn("Kind"),
            ViewColumn("Paid", "money"),
            ViewColumn("Paid by"),
            ViewColumn("Produced in"),
        ),
        sorted(rows, key=lambda row: -row[2]),
    )


def _leaders(plan: Plan, amounts: pd.Series, total: float) -> str:
    """`Germany 31 %, France 12 % and 5 more`."""
    ranked = amounts[amounts > 0].sort_values(ascending=False, kind="stable")
    return _listed(f"{party_title(plan.instance, str(n))} {share(float(a) / total)}" for n, a in ranked.items())


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    return listing(shown, MOST_NAMED) if len(shown) > MOST_NAMED else ", ".join(shown)
