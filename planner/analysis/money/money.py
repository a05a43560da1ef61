"""What money buys: prices of a further million, the least that makes each commitment whole,
and money that lies idle.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.analysis.asking import Asking, BudgetFinding
from planner.analysis.context import prepare
from planner.analysis.findings import Findings
from planner.analysis.money.budget_cells import with_every_budget
from planner.analysis.money.page import money_findings
from planner.analysis.money.remedy import MoneyRemedy
from planner.analysis.writing import write_findings
from planner.plan import SolveOptions
from planner.run.folder import whole_folder
from planner.run.log import Log
from planner.run.refusal import refuse
from planner.solver.highs import ProgressListener

_DEFAULTS = SolveOptions()


@dataclass(frozen=True)
class MoneyResult:
    """`step`: the sum in currency that prices are per; `levels` in the order of the sides' slopes."""

    folder: Path
    step: float
    levels: tuple[str, ...]
    budget_cells: tuple[BudgetFinding, ...]
    remedies: tuple[MoneyRemedy, ...]
    findings: Findings


def money_of_workbook(
    input_path: Path | str,
    output_dir: Path | str,
    solving: SolveOptions = _DEFAULTS,
    progress: ProgressListener | None = None,
    *,
    plan: Path | None = None,
    replace: bool = False,
    log: Log | None = None,
) -> MoneyResult:
    """Find out what money buys and leave a folder that says it, whole or not at all.

    Raises InputError (2), NoPlanError (3), SolverStoppedError (4), VerificationError (5; also where a price and the
    solve that checks it differ), FolderError (1), UsageError (64).
    """
    source, target, log = Path(input_path), Path(output_dir), log or Log()
    refuse(target, replace, source)
    context = prepare(source, solving, progress, log, with_every_budget, plan=plan)
    with whole_folder(target, replace, source) as folder:
        context.plan(context.optimal.values)
        asking = Asking(context)
        prices, remedies = asking.prices(), asking.remedies()
        findings = money_findings(asking, prices, remedies)
        context.step("write")
        write_findings(findings, folder)
        log.write(folder)
    return MoneyResult(target, asking.step, tuple(asking.levels), tuple(prices), tuple(remedies), findings)
