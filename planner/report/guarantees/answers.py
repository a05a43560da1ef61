"""What the answers of a plan to its cases come to, read off the result tables once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum

import numpy as np
import pandas as pd

from planner.domain.contingency.recipients import may_leave
from planner.domain.instance import PlanningInstance
from planner.domain.titles import title_of
from planner.plan.plan import Plan
from planner.tolerances import NOISE, close, matters

CaseKey = tuple[str, int]  # contingency, period of the strike (1…P)
CASE = ["contingency", "strike"]


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """A case and how it is answered. Amounts in money; `covered` is a share of the need by value, None without need."""

    key: CaseKey
    title: str  # of the contingency
    strike: str  # as people write the period
    begins: str
    ends: str
    weight: float
    must_hold: bool
    need: float
    covered: float | None
    late: bool  # some of it comes after it is due, within the delay that is allowed
    promised: float
    lack: float
    cost: float


class Answers:
    """The cases of a plan with the tables of their responses; no case, no answers."""

    def __init__(self, plan: Plan) -> None:
        self.instance: PlanningInstance = plan.instance
        self.tables: Mapping[str, pd.DataFrame] = plan.tables
        self.cases = tuple(self._case(row) for row in _records(plan.tables["cases"]))

    def _case(self, row: dict[str, object]) -> CaseAnswer:
        contingency, strike = str(row["contingency"]), int(row["strike"])  # type: ignore[call-overload]
        need, lack = _amount(row["need"]), _amount(row["lack"])
        covered = None
        if need > 0:
            covered = min(_amount(row["coverage"]), 1.0) if (contingency, strike) in self._with_gap else 1.0
        return CaseAnswer(
            key=(contingency, strike),
            title=self.title(contingency),
            strike=self.label(strike),
            begins=self.label(int(_amount(row["begins"]))),
            ends=self.label(int(_amount(row["ends"]))),
            weight=_amount(row["weight"]),
            must_hold=self.instance.contingencies[contingency].probability is None,
            need=need,
            covered=covered,
            late=(contingency, strike) in self._late,
            promised=_amount(row["promised"]),
            lack=lack if matters(lack, need) else 0.0,
            cost=_amount(row["cost"]),
        )

    # ── Cases together ───────────────────────────────────────────────────────────────────────────

    @cached_property
    def worst_first(self) -> list[CaseAnswer]:
        """Cases that need something of value, the least covered first."""
        return sorted((case for case in self.cases if case.covered is not None), key=lambda case: case.covered or 0.0)

    @property
    def alike(self) -> bool:
        """Are all cases that need something covered alike?"""
        cases = self.worst_first
        return close(cases[0].covered or 0.0, cases[-1].covered or 0.0, 0.0)

    @cached_property
    def expected(self) -> float | None:
        """Mean share covered of the cases that need something, by their weights; None where these are all 0."""
        cases = self.worst_first
        total = fsum(case.weight for case in cases)
        return fsum(case.weight * (case.covered or 0.0) for case in cases) / total if total > 0 else None

    @cached_property
    def importance(self) -> dict[CaseKey, float]:
        """What part each case has in a mean over all: by weight; alike where all weights are 0."""
        total = fsum(case.weight for case in self.cases)
        return {case.key: case.weight / total if total > 0 else 1 / len(self.cases) for case in self.cases}

    @property
    def weighting(self) -> str:
        """How a mean over cases was taken, in words."""
        if len(self.cases) == 1:
            return ""
        if not fsum(case.weight for case in self.cases) > 0:
            return "all cases counting alike"
        return "cases weighted as the plan weights them" if self._certain else "cases weighted by probability"

    @property
    def _certain(self) -> bool:
        return any(case.must_hold for case in self.cases)

    def weighted(self, table: pd.DataFrame) -> pd.Series:
        """The part of each row's case in a mean over all cases."""
        keys = zip(table["contingency"], table["strike"], strict=True)
        return pd.Series([self.importance[str(name), int(strike)] for name, strike in keys], table.index, dtype=float)

    # ── Names and values ─────────────────────────────────────────────────────────────────────────

    def label(self, period: int) -> str:
        """A period, 1…P, as people write it."""
        return self.instance.horizon.label(period - 1)

    def title(self, contingency: str) -> str:
        """The name of a contingency."""
        return title_of(self.instance.contingencies, contingency)

    def item_title(self, item: str) -> str:
        """The name of an item."""
        return title_of(self.instance.items, item)

    def nation_title(self, nation: str) -> str:
        """The name of a nation."""
        return title_of(self.instance.nations, nation)

    def worth(self, items: pd.Series) -> pd.Series:
        """Value of a unit of each item."""
        return items.map(self.instance.unit_values).astype(float).fillna(0.0)

    # ── Goods ────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _with_gap(self) -> set[CaseKey]:
        """Cases in which something is never delivered."""
        return _keys(self.tables["uncovered"])

    @cached_property
    def _late(self) -> set[CaseKey]:
        responses = self.tables["responses"]
        return _keys(responses[responses["period"] > responses["due"]])

    @cached_property
    def draws(self) -> pd.DataFrame:
        """The table draws with `value` of a unit, and `idle`: what is left of an item while its case lacks some."""
        table = self.tables["draws"]
        gaps = self.tables["uncovered"].groupby([*CASE, "item"], sort=False)["quantity"].sum()
        keys = pd.MultiIndex.from_frame(table[[*CASE, "item"]])
        lacking = gaps.reindex(keys).fillna(0.0).to_numpy(dtype=float) if len(gaps) else np.zeros(len(table))
        left = table["left"].where(table["left"] > NOISE * (table["at_begin"] + table["under_way"]), 0.0)
        return table.assign(
            nation=table["nation"].fillna(""),
            value=self.worth(table["item"]),
            left=left,
            lacking=lacking,
            idle=left.where(lacking > 0, 0.0),
        )

    def open_to(self, node: str, item: str, key: CaseKey) -> bool:
        """May some of the places that lack the item in a case draw on the node? By its access alone."""
        gaps = self.tables["uncovered"]
        contingency, strike = key
        mine = gaps[(gaps["contingency"] == contingency) & (gaps["strike"] == strike) & (gaps["item"] == item)]
        place = self.instance.nodes[node]
        return any(may_leave(place, self.instance.nation_of(str(end)) or "") for end in mine["destination"].unique())

    @cached_property
    def given_up(self) -> pd.DataFrame:
        """contingency, strike, item, planned, kept, given_up: planned deliveries of surge items in the time of a
        response.

        `planned` is what the plan delivers of them in the response's periods, `kept` what the response delivers of the
        same demands, up to as much. In units.
        """
        rows = [row for case in self.cases for row in self._given_up(case)]
        return pd.DataFrame(rows, columns=[*CASE, "item", "planned", "kept", "given_up"])

    def _given_up(self, case: CaseAnswer) -> list[tuple[str, int, str, float, float, float]]:
        surge_items = self.instance.contingencies[case.key[0]].items
        plan = self._of_periods(case, self.tables["deliveries"])
        planned = plan[plan["item"].isin(surge_items)].groupby(["item", "demand", "due"])["quantity"].sum()
        table = self.tables["responses"]
        done = table[
            (table["contingency"] == case.key[0]) & (table["strike"] == case.key[1]) & (table["kind"] == "demand")
        ]
        delivered = done.groupby(["item", "demand", "due"])["quantity"].sum().reindex(planned.index).fillna(0.0)
        both = pd.DataFrame({"planned": planned, "kept": np.minimum(planned, delivered)})
        sums = both.groupby(level="item", sort=False).sum()
        return [
            (*case.key, str(item), float(planned), float(delivered), float(planned - delivered))
            for item, planned, delivered in sums.itertuples()
        ]

    def waiting(self, case: CaseAnswer) -> float:
        """Value of the plan's deliveries of other goods than surge items in the time of a response: they wait."""
        plan = self._of_periods(case, self.tables["deliveries"])
        others = plan[~plan["item"].isin(self.instance.contingencies[case.key[0]].items)]
        return float((others["quantity"] * self.worth(others["item"])).sum())

    def _of_periods(self, case: CaseAnswer, table: pd.DataFrame) -> pd.DataFrame:
        begins, ends = self._span[case.key]
        return table[table["period"].between(begins, ends)]

    @cached_property
    def _span(self) -> dict[CaseKey, tuple[int, int]]:
        table = self.tables["cases"]
        columns = (table[name] for name in ("contingency", "strike", "begins", "ends"))
        return {(str(name), int(strike)): (int(a), int(z)) for name, strike, a, z in zip(*columns, strict=True)}

    def curve(self, rows: pd.DataFrame, values: pd.Series | None = None) -> tuple[list[int], list[float], list[float]]:
        """Periods after the strike, wanted so far and covered so far: the mean over the strikes of one contingency.

        `rows` of the table coverage; `values` of a unit of each row, None: in units.
        """
        strikes = len({case.key for case in self.cases if case.key[0] in set(rows["contingency"])})
        worth = 1.0 if values is None else values
        sums = rows.assign(wanted=rows["wanted"] * worth, covered=rows["covered"] * worth)
        by_period = sums.groupby("after")[["wanted", "covered"]].sum() / max(strikes, 1)
        after = list(range(min(int(by_period.index.min()), 0), int(by_period.index.max()) + 1))
        so_far = by_period.reindex(after).fillna(0.0).cumsum()
        return after, so_far["wanted"].tolist(), so_far["covered"].tolist()


def amounts(sums: pd.Series) -> list[tuple[tuple[str, ...], float]]:
    """(key, amount) of a sum over groups, in its order; keys of one name are reported as such."""
    keys = [key if isinstance(key, tuple) else (key,) for key in sums.index]
    return [(tuple(str(part) for part in key), float(value)) for key, value in zip(keys, sums.to_numpy(), strict=True)]


def _records(table: pd.DataFrame) -> Sequence[dict[str, object]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _amount(value: object) -> float:
    return float(value)  # type: ignore[arg-type]


def _keys(table: pd.DataFrame) -> set[CaseKey]:
    return {(str(name), int(strike)) for name, strike in zip(table["contingency"], table["strike"], strict=True)}
