"""What would bring more of what is short: each limit raised by half, by itself, and the plan solved again.

A dual proves nothing here: at a degenerate optimum there are many. A better plan proves that a limit helps; and the duals of
one optimum prove that it does not, as no rise Δb can bring more than Σ dual · Δb (the optimum is convex in b).

Whatever is raised, no demand may get less than in the plan. So a gap (what a destination lacks of an item under a
commitment) gains by itself, not at the cost of another. Limits that allow nothing, and rules, which have no amount to
raise, are taken away instead. A limit is put to all gaps together, then to those that it left without an answer, alone. Gaps
that provably no limit helps by itself are tried with all scarce limits raised together.

A rise is a column, from 0 to 1, which primal simplex lets in: it goes from the plan through better plans, and each of them
is a proof of what the rise brings at least. The search is bounded by pivots, not by seconds, so that it ends alike on every
run; what was not proved by then is not told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.formulation.families import FAMILIES
from planner.formulation.model.family import Kind
from planner.formulation.model.model import LESS, Model
from planner.plan.places import Places
from planner.plan.prices.limits import DEFINITIONS
from planner.plan.prices.relief_found import AMOUNTS, FUND, FUND_MONEY, MATERIAL, Gap, Raised, Relief
from planner.plan.program import Program
from planner.solver.clock import TimeLeft
from planner.solver.highs import AT_LOWER, INFINITY, NONE, Arrays, Basis, Session, Vector
from planner.solver.options import SolveOptions
from planner.solver.parametric_study import extended
from planner.solver.scaling import objective_scale
from planner.tolerances import NOISE, SAME, matters

Rows = NDArray[np.intp]
Place = tuple[str, str, str]  # family, object, item
# No limits that could be raised: what is wanted, what happened, and what only makes a target.
NO_LIMITS = DEFINITIONS | {name for name, family in FAMILIES.items() if family.kind is Kind.TASK}
RISE = 0.5  # of a limit
# Pivots for all questions: of a large program so many per row, about a quarter of the time that its plan takes; of a small
# one as many as take a second, a pivot being the dearer the more non-zeros there are.
PIVOTS_PER_ROW, PIVOTS_BY_NONZEROS, MOST_PIVOTS, MOST_QUESTIONS = 0.25, 2e8, 20_000, 200
PART_OF_LEFT, FEWEST_PIVOTS = 10, 400  # one question takes at most that part of the pivots left, or so many
ROWS_PER_PIVOT = 100  # a question counts as so many pivots at least: to begin at a basis takes as long


def relief(program: Program, values: Vector, basis: Basis, options: SolveOptions, left: TimeLeft) -> Relief:
    """What would bring more of what is short in the plan `values`, as far as time is `left`; `basis` is one near it."""
    plan = _Short(program.model, values)
    if not plan.gaps or left.is_over:
        return Relief()
    limits = _limits(program.model)
    ground = program.session(options, deaf=True)
    plan.hold(ground)
    weighted = program.model.weighted
    costs = program.levels[0][1] if weighted else plan.costs(plan.gaps)
    ground.set_costs(costs * objective_scale(costs))
    ground.start_from(basis)
    budget = _budget(program.lp)
    base = ground.prove("what would bring more", budget, left.seconds, rough=True)
    left.cut_short |= base.status == "time limit"
    if base.status != "optimal":
        return Relief()
    asking = _Asking(program, plan, limits, ground.basis(), base.row_duals / objective_scale(costs), options, left)
    asking.left = budget - base.iterations
    return asking.of_money(costs) if weighted else asking.of_levels(costs)


def _budget(lp: Arrays) -> int:
    """Pivots for all questions."""
    return max(int(PIVOTS_PER_ROW * lp.rows), min(int(PIVOTS_BY_NONZEROS / max(len(lp.value), 1)), MOST_PIVOTS))


class _Short:
    """What is short in a plan, by shortage column and by gap."""

    def __init__(self, model: Model, values: Vector) -> None:
        found: defaultdict[Gap, list[int]] = defaultdict(list)
        places, self.weight = [], np.zeros(model.column_count)
        for demand in model.instance.demands:
            column = model.columns["shortage"].get(demand.key)
            if column is None:
                continue
            places.append(column)
            self.weight[column] = demand.priority * model.instance.unit_values.get(demand.item, 0.0) or 1.0
            if matters(values[column], demand.quantity):
                found[demand.commitment or "", demand.destination, demand.item].append(column)
        self.columns = np.array(places, dtype=np.intp)
        self.values, self.units = values, np.maximum(values, 0.0)
        self.gaps = {gap: np.array(columns, dtype=np.intp) for gap, columns in found.items()}
        self.lacking = {gap: float(self.units[columns].sum()) for gap, columns in self.gaps.items()}
        self.worth = {gap: float((self.units * self.weight)[columns].sum()) for gap, columns in self.gaps.items()}

    def hold(self, session: Session) -> None:
        """Let no demand lack more than in the plan."""
        short = self.units[self.columns]
        session.change_model(self.columns, NONE, (np.zeros(len(short)), short + NOISE * np.maximum(short, 1.0)))

    def costs(self, gaps: Iterable[Gap]) -> Vector:
        """The weight of what these gaps lack, by column."""
        costs = np.zeros(len(self.weight))
        for gap in gaps:
            costs[self.gaps[gap]] = self.weight[self.gaps[gap]]
        return costs

    def gained(self, values: Vector) -> dict[Gap, float]:
        """Units by which each gap is smaller in another plan, the tiniest left out."""
        gains = {gap: float((self.units[c] - values[c]).sum()) for gap, c in self.gaps.items()}
        return {gap: units for gap, units in gains.items() if units > SAME * self.lacking[gap]}


class _Asking:
    """The LP with a column for each limit's rise, all at 0 but those that are asked about; and what was learnt so far.

    `most`: what each scarce limit can bring by itself at most, by the duals (inf: not known, as of a rule), dearest first. Limits
    that are nearly used up and have no price are among them: by themselves they bring nothing, with others they may.
    """

    def __init__(
        self,
        program: Program,
        plan: _Short,
        limits: Mapping[Place, Rows],
        basis: Basis,
        duals: Vector,
        options: SolveOptions,
        time_left: TimeLeft,
    ) -> None:
        self._lp, self._plan, self._time_left = program.lp, plan, time_left
        self.most = self._bounds(limits, duals[: program.lp.rows])
        entries: dict[str, Mapping[int, float]] = {}
        self._columns: dict[Raised, tuple[Rows, float]] = {}  # of each rise, with their upper bound
        for limit in self.most:
            first = len(entries)
            for column in self._rises(limit, limits[limit.family, limit.object, limit.item]):
                entries[f"rise {len(entries)}"] = column
            here = np.arange(first, len(entries), dtype=np.intp) + program.lp.columns
            self._columns[limit] = here, 1.0 if limit.by_half else INFINITY
        whole = extended(program.lp, {}, {}, entries)
        settings = program.settings(options) | {"primal_simplex_bound_perturbation_multiplier": 0.0}
        self._session = Session(whole, settings, deaf=True)
        self._width = whole.columns
        plan.hold(self._session)
        added = np.arange(program.lp.columns, whole.columns, dtype=np.intp)
        self._session.change_model(added, NONE, (np.zeros(len(added)), np.zeros(len(added))))
        self._basis = Basis(np.concatenate([basis.columns, np.full(len(added), AT_LOWER, dtype=np.int8)]), basis.rows)
        self.left, self._questions = 0, MOST_QUESTIONS
        self._alone: defaultdict[Gap, dict[Raised, float]] = defaultdict(dict)
        self._bring: dict[Raised, dict[Gap, float]] = {}

    def of_levels(self, costs: Vector) -> Relief:
        """Deliveries come first: whatever more can be delivered is."""
        gaps = list(self._plan.gaps)
        for limit in self.most:
            if any(self._may(limit, gap) for gap in gaps):
                self._ask(limit, gaps, costs)
        none = self._without_any([gap for gap in gaps if not self._alone[gap]])
        together = self._together(none)
        return Relief(self._found(), together, self._bring, most=self.most, worth=self._plan.worth)

    def of_money(self, costs: Vector) -> Relief:
        """Deliveries have a price: more is delivered only where that pays."""
        gaps = list(self._plan.gaps)
        more, _ = self._better(self._plan.costs(gaps), [])
        gained = {} if more is None else self._plan.gained(more)
        for limit in self.most:
            self._ask(limit, gaps, costs)
        not_worth = {gap for gap, units in gained.items() if units >= MATERIAL * self._plan.lacking[gap]}
        return Relief(self._found(), {}, self._bring, frozenset(not_worth))

    def _bounds(self, limits: Mapping[Place, Rows], duals: Vector) -> dict[Raised, float]:
        """Of every limit that is nearly used up somewhere, and of every rule, or limit of nothing, that has a price."""
        upper = self._lp.row_upper
        scarce = np.abs(duals) > NOISE * max(1.0, float(self._plan.weight.max()))
        near = (upper > 0) & (scarce | (self._activity() * (1 + RISE) > upper))
        rise = np.where((upper > 0) & (upper < INFINITY), upper, 0.0) * RISE
        found: dict[Raised, float] = {}
        for (family, name, item), rows in limits.items():
            if family in AMOUNTS and near[rows].any():
                found[Raised(family, name, item, by_half=True)] = float((np.abs(duals[rows]) * rise[rows]).sum())
            elif scarce[rows].any():
                found[Raised(family, name, item, by_half=False)] = INFINITY
        largest = max(self._plan.worth.values())
        return dict(sorted(found.items(), key=lambda entry: -entry[1] if entry[1] < INFINITY else -largest))

    def _activity(self) -> Vector:
        """What the rows add up to in the plan."""
        lp, rows = self._lp, np.repeat(np.arange(self._lp.rows), np.diff(self._lp.start))
        return np.bincount(rows, lp.value * self._plan.values[lp.index], lp.rows).astype(np.float64)

    def _rises(self, limit: Raised, rows: Rows) -> Iterator[dict[int, float]]:
        """The columns that raise a limit by half (one), or let each of its rows give way as far as it likes."""
        lower, upper = self._lp.row_lower, self._lp.row_upper
        if limit.by_half:
            yield {int(row): -RISE * float(upper[row]) for row in rows if 0 < upper[row] < INFINITY}
            return
        for row in rows.tolist():
            if upper[row] < INFINITY:
                yield {row: -1.0}
            if lower[row] > -INFINITY:
                yield {row: 1.0}

    def _may(self, limit: Raised, gap: Gap) -> bool:
        """May a limit by itself bring a material part of a gap, for all that the duals say?"""
        return self.most[limit] >= MATERIAL * self._plan.worth[gap]

    def _better(self, costs: Vector, raised: Sequence[Raised]) -> tuple[Vector | None, bool]:
        """A plan with these limits raised, none worse for any demand than the one at hand (None: the search has ended);
        and whether it is the best by these costs.
        """
        if self.left <= 0 or self._questions <= 0 or self._time_left.is_over:
            return None, False
        session = self._session
        for limit in raised:
            columns, most = self._columns[limit]
            session.set_column_bounds(columns, np.zeros(len(columns)), np.full(len(columns), most))
        whole = np.concatenate([costs, np.zeros(self._width - len(costs))])  # of rises, where `costs` has none, nothing
        session.set_costs(whole * objective_scale(whole))
        session.forget_basis()
        session.start_from(self._basis)
        pivots = max(self.left // PART_OF_LEFT, FEWEST_PIVOTS)
        outcome = session.prove("what would bring more", pivots, self._time_left.seconds, rough=True)
        self._time_left.cut_short |= outcome.status == "time limit"
        self.left -= max(outcome.iterations, self._lp.rows // ROWS_PER_PIVOT)
        self._questions -= 1
        best = outcome.status == "optimal"
        values = outcome.values if best else session.point()
        for limit in raised:
            columns, _ = self._columns[limit]
            session.set_column_bounds(columns, np.zeros(len(columns)), np.zeros(len(columns)))
        return values, best

    def _ask(self, limit: Raised, gaps: Sequence[Gap], costs: Vector | None = None) -> dict[Gap, float] | None:
        """What a limit by itself brings to these gaps, in units; None where that is not known to the end."""
        values, best = self._better(self._plan.costs(gaps) if costs is None else costs, [limit])
        if values is None:
            return None
        gained = self._plan.gained(values)
        if costs is not None:
            self._bring[limit] = gained
        for gap, units in gained.items():
            share = units / self._plan.lacking[gap]
            if share >= MATERIAL:
                self._alone[gap][limit] = max(share, self._alone[gap].get(limit, 0.0))
        return gained if best else None

    def _without_any(self, gaps: list[Gap]) -> list[Gap]:
        """Those of `gaps` for which it is proved that no limit by itself brings a material part."""
        proved = set(gaps)
        for limit in self.most:
            left = [gap for gap in gaps if gap in proved and self._may(limit, gap) and not self._alone[gap]]
            while left:
                gained = self._ask(limit, left)
                if gained is None:
                    proved -= set(left)
                    break
                total = sum(self._plan.worth[gap] * gained.get(gap, 0.0) / self._plan.lacking[gap] for gap in left)
                rest = [gap for gap in left if total >= MATERIAL * self._plan.worth[gap] and not self._alone[gap]]
                if len(rest) == len(left):  # each gains too little, all together enough: ask for one alone
                    if len(left) == 1:
                        break
                    rest = [gap for gap in rest if self._ask(limit, [gap]) is None]
                    proved -= set(rest)
                    break
                left = rest
        return [gap for gap in gaps if gap in proved and not self._alone[gap]]

    def _together(self, gaps: list[Gap]) -> dict[Gap, tuple[tuple[Raised, ...], float]]:
        """For each gap that several limits together help: which, and the share of it that they bring at least."""
        found: dict[Gap, tuple[tuple[Raised, ...], float]] = {}
        for gap in gaps:
            values, _ = self._better(self._plan.costs([gap]), list(self.most))
            share = 0.0 if values is None else self._plan.gained(values).get(gap, 0.0) / self._plan.lacking[gap]
            if values is not None and share >= MATERIAL and (limits := self._needed(gap, values)):
                found[gap] = limits, share
        return found

    def _needed(self, gap: Gap, values: Vector) -> tuple[Raised, ...]:
        """Limits whose rise is enough for what a plan brings to a gap, all together raised as little as may be."""
        columns, session = self._plan.gaps[gap], self._session
        session.set_column_bounds(columns, np.zeros(len(columns)), values[columns] + SAME * self._plan.lacking[gap])
        weights = np.zeros(self._width)
        for rises, _ in self._columns.values():
            weights[rises] = 1.0 / len(rises)
        least, _ = self._better(weights, list(self.most))
        self._plan.hold(session)
        if least is None:
            return ()
        return tuple(limit for limit, (rises, _) in self._columns.items() if (least[rises] > SAME).any())

    def _found(self) -> dict[Gap, tuple[tuple[Raised, float], ...]]:
        return {
            gap: tuple(sorted(limits.items(), key=lambda entry: -entry[1]))
            for gap, limits in self._alone.items()
            if limits
        }


def _limits(model: Model) -> dict[Place, Rows]:
    """The rows of each limit or rule; all the money of a fund stands under `fund_limit`."""
    places = Places(model)
    found: defaultdict[Place, list[int]] = defaultdict(list)
    for family, rows in model.rows.items():
        if family in NO_LIMITS:
            continue
        for key, row in rows.items():
            if family in AMOUNTS and model.row_at(row).sense != LESS:
                continue
            name, item, _ = places.of(family, key)
            fund = FAMILIES[family].index(*key).fund if family in FUND_MONEY else ""
            place = (FUND, fund, "") if fund else (family, name, item or "")
            found[place].append(row)
    return {place: np.array(rows, dtype=np.intp) for place, rows in found.items()}
