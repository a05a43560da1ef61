"""What would break the plan: things taken away one by one, and in pairs of the worst, ranked by the damage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as but
from itertools import combinations
from pathlib import Path

from planner.analysis.context import AnalysisContext, prepare
from planner.analysis.findings import Findings
from planner.analysis.withdraw.checking import Base, Checked, looked_into
from planner.analysis.withdraw.page import Study, withdraw_findings
from planner.analysis.withdraw.ranking import Damage, ranked
from planner.analysis.withdraw.things import Withdrawal, withdrawals
from planner.analysis.writing import write_findings
from planner.errors import UsageError, VerificationError
from planner.options.cluster import TaskPool, crew
from planner.options.kept_results import with_kept_results
from planner.plan import SolveOptions
from planner.plan.again.remainder import Remainder, Remainders, Thing
from planner.run.folder import whole_folder
from planner.run.log import Log
from planner.run.refusal import refuse
from planner.solver.checkpoint import checkpoints_beside
from planner.solver.highs import ProgressListener
from planner.tolerances import close
from planner.workbook.reading.periods import PeriodError
from planner.workbook.reading.reader import read_tables

_DEFAULTS = SolveOptions()
Ranked = list[tuple[int, Damage]]


@dataclass(frozen=True)
class WithdrawalRequest:
    """What to withdraw, and when.

    `first`: the period from which the things are gone, as a workbook would name it; `struck`: as a surprise. `kinds`,
    `names`, `corridors` as in `withdrawals`. `pairs`: pairs of that many of the worst; `remedies`: for how many of the
    worst that leave a plan, and of those that leave none, the plan is made again from the workbook, checked, and a
    remedy looked for. `all_levels`: those after the first that differs too, even of a large program; `exact`: of a
    large program so many of those are worked out whose damage may be largest, others are left between bounds, as far as
    such are found.
    """

    first: str = "1"
    struck: bool = False
    kinds: Sequence[str] | None = None
    names: Sequence[str] | None = None
    corridors: Sequence[str] = ()
    pairs: int = 0
    remedies: int = 3
    all_levels: bool = False
    exact: int = 20


@dataclass(frozen=True)
class WithdrawResult:
    """`singles` and `pairs` ranked, worst first; `checked` by what was withdrawn."""

    folder: Path
    singles: Sequence[tuple[int, Damage]]
    pairs: Sequence[tuple[int, Damage]]
    checked: Mapping[tuple[Withdrawal, ...], Checked]
    findings: Findings


def withdraw_from_workbook(
    input_path: Path | str,
    output_dir: Path | str,
    request: WithdrawalRequest = WithdrawalRequest(),
    solving: SolveOptions = _DEFAULTS,
    progress: ProgressListener | None = None,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    plan: Path | None = None,
    replace: bool = False,
    log: Log | None = None,
) -> WithdrawResult:
    """Take things away from the plan of an input and leave a folder that ranks the damage, whole or not at all.

    `workers` processes, or the workers of a Dask `scheduler`, plan without each; the figures are the same whatever is
    chosen. A withdrawal that leaves no plan is ranked first. Raises InputError (2), NoPlanError (3: the input as it
    stands has none), SolverStoppedError (4), VerificationError (5; also where a plan made again differs), FolderError
    (1), UsageError (64).
    """
    source, target, log = Path(input_path), Path(output_dir), log or Log()
    for option, value in (("--pairs", request.pairs), ("--remedies", request.remedies), ("--exact", request.exact)):
        if value < 0:
            raise UsageError(f"{option}: found {value}, expected at least 0")
    if workers < 1:
        raise UsageError(f"--workers: found {workers}, expected at least 1")
    refuse(target, replace, source)
    with checkpoints_beside(target) as checkpoints:
        context = prepare(source, but(solving, checkpoints=checkpoints), progress, log, priced=False, plan=plan)
        first = _period(context, request)
        singles = withdrawals(context.instance, request.kinds, request.names, request.corridors)
        with crew(workers, scheduler) as work_all, whole_folder(target, replace, source) as folder:
            depends_on = ("withdraw", context.raw.sha256, context.options, request, context.start)
            studied = _study(context, first, singles, request, with_kept_results(work_all, checkpoints, *depends_on))
            findings = withdraw_findings(context, studied)
            context.step("write")
            write_findings(findings, folder)
            log.write(folder)
    return WithdrawResult(target, studied.singles, studied.pairs, studied.checked, findings)


def _study(
    context: AnalysisContext, first: int, singles: Sequence[Withdrawal], request: WithdrawalRequest, work_all: TaskPool
) -> Study:
    context.plan(context.optimal.values)
    context.step("vertex")
    remainders = Remainders(context.warm_start, first, request.struck, request.all_levels)
    study = _Withdrawing(context, remainders, work_all)
    exact = max(request.exact, request.pairs, request.remedies) if remainders.is_to_first else None
    alone = study.damages([(one,) for one in singles], exact)
    pairs = study.damages(study.worst_pairs(alone, request.pairs))
    checked = study.checked(alone, request.remedies)
    return Study(first, request.struck, alone, pairs, checked, remainders.is_to_first)


def _period(context: AnalysisContext, request: WithdrawalRequest) -> int:
    """The period, 0-based. Raises UsageError for what is no period of the horizon."""
    option = "--struck" if request.struck else "--from"
    try:
        period = read_tables(context.raw).periods.read(request.first, "opening", False)
    except PeriodError as problem:
        raise UsageError(f"{option}: {problem}") from None
    if not isinstance(period, int):
        raise UsageError(f"{option}: {request.first} does not happen in the horizon")
    return period


def _without(base: Remainders, things: tuple[Thing, ...]) -> Remainder:
    return base.without(things)


def _roughly(base: Remainders, things: tuple[Thing, ...]) -> Remainder:
    return base.roughly(things)


def _largest(remainders: Sequence[Remainder], count: int) -> list[int]:
    """The places of those between bounds whose damage may be largest."""
    bounded = [
        (len(one.values), -(one.between.at_most or 0.0), index)
        for index, one in enumerate(remainders)
        if one.between is not None and one.values is not None
    ]
    return sorted(index for _, _, index in sorted(bounded)[:count])


class _Withdrawing:
    """Withdrawals on their way."""

    def __init__(self, context: AnalysisContext, remainders: Remainders, work_all: TaskPool) -> None:
        self._context, self._remainders, self._work_all = context, remainders, work_all

    def damages(self, taken: Sequence[tuple[Withdrawal, ...]], exact: int | None = None) -> Ranked:
        """Of each, ranked; `exact`: of so many exactly whose damage may be largest, None of all."""
        if not taken:
            return []
        things = [tuple(thing for one in together for thing in one.things) for together in taken]
        what, base = "withdrawal" if len(taken[0]) == 1 else "pair", self._remainders.base
        work = _without if exact is None else _roughly
        remainders = self._work_all(work, self._remainders, things, self._counted(what, len(things)))
        if exact is not None:
            chosen = _largest(remainders, exact)
            on_result = self._counted(f"{what} worked out", len(chosen))
            again = self._work_all(_without, self._remainders, [things[index] for index in chosen], on_result)
            for index, left in zip(chosen, again, strict=True):
                remainders[index] = left
        return ranked([Damage.of(one, left, base) for one, left in zip(taken, remainders, strict=True)], list(base))

    def worst_pairs(self, alone: Ranked, count: int) -> list[tuple[Withdrawal, ...]]:
        """Pairs of the first of the ranking that leave a plan, neither of which takes away all that the other does."""
        worst = [one.taken[0] for _, one in alone if not one.leaves_no_plan and one.between is None][:count]
        takes = {one: self._remainders.takes(one.things) for one in worst}
        return [(one, other) for one, other in combinations(worst, 2)
                if not (takes[one] <= takes[other] or takes[other] <= takes[one])]  # fmt: skip

    def checked(self, alone: Ranked, count: int) -> dict[tuple[Withdrawal, ...], Checked]:
        """So many of the worst that leave no plan, and of those that do: planned again from the workbook alone, or
        after a surprise checked as far as a workbook can say it.

        Raises VerificationError where that comes to something else.
        """
        hurting = [one for _, one in alone if one.hurts and one.between is None]
        none_left, others = ([one for one in hurting if one.leaves_no_plan is none] for none in (True, False))
        worst = none_left[:count] + others[:count]
        if not worst:
            return {}
        context = self._context
        base = Base(context.raw, context.begun, context.options)
        on_result = self._counted("worst planned again", len(worst))
        remedies = self._work_all(looked_into, (base, self._remainders), worst, on_result)
        for one, again in zip(worst, remedies, strict=True):
            _require_same(one, again)
        return {one.taken: again for one, again in zip(worst, remedies, strict=True)}

    def _counted(self, what: str, count: int) -> Callable[[object], None]:
        done = 0

        def on_result(_: object) -> None:
            nonlocal done
            done += 1
            self._context.step(f"{what} {done} of {count}")

        return on_result


def _require_same(one: Damage, again: Checked) -> None:
    values = one.remainder.values
    same = (values is None) == (again.values is None)
    if same and values is not None and again.values is not None:
        same = all(close(value, again.values.get(name, 0.0)) for name, value in values.items())
    if not same:
        raise VerificationError(f"without {one.label} the plan solved again from the workbook has other values")
