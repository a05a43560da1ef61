"""What the page of `planner stress` says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planner.analysis.context import Source
from planner.analysis.findings import Findings, Section
from planner.analysis.stress.chart import coverage_chart
from planner.analysis.stress.record import (
    CoverageRecord,
    KeptRecord,
    LackRecord,
    LossRecord,
    StressedCaseRecord,
    StressRecord,
)
from planner.analysis.stress.results import COVERAGE, LACK, CaseUnderStress, Stressed
from planner.analysis.stress.statistics import ShareOfDraws
from planner.analysis.stress.tables import between, coverage_table, stress_table, varied_table
from planner.report.words.numbers import Money, number, plural, share


def stress_findings(
    read: Source, stressed: Stressed, head: Mapping[str, Any], plan: str, verification: str
) -> Findings:
    """`plan`: the run folder whose plan stands; blank: made from the input."""
    stress, coverage, varied = stress_table(stressed), coverage_table(stressed), varied_table(stressed)
    marking = read.instance.settings.marking
    facts = [
        ("Plan", f"That of {plan}." if plan else "The best plan of this input, made for this run."),
        ("Draws", f"{plural(stressed.draws, 'draw')} with seed {stressed.seed}: the same seed gives the same numbers."),
        ("Checked", f"The plan was checked independently: {verification}."),
    ]
    sections = [
        Section(
            "What is covered",
            "Bars span the draws but for the best and the worst 5\u00a0%, dots are the mean of all draws, rings what "
            "the plan reaches with nothing varied; the line across a bar is what is promised. A promise is kept "
            "where it is kept of each item.",
            figures=[coverage_chart(stressed.cases)],
            tables=[coverage],
            points=_weakest(stressed.cases),
        ),
        Section(
            "What varied, and how much it matters",
            "Each row yields one number in a draw, for all that it names. The rank correlation says how closely what "
            "stays uncovered follows it: near 1 or −1 it decides, near 0 it does not matter.",
            tables=[varied],
        ),
    ]
    return Findings(
        kind="stress",
        title=read.title,
        subject="Stress of the responses",
        marking=marking,
        headline=_headline(stressed),
        money=Money.scaled(read.currency, 0.0),
        facts=facts,
        sections=sections,
        record=_record(stressed, head, plan, verification),
        tables=[stress, coverage, varied],
    )


def _headline(stressed: Stressed) -> str:
    covered = stressed.coverage
    text = (
        f"On average {share(covered.mean)} of what an attack asks for is covered (95\u00a0% interval "
        f"{between(covered)}); {share(stressed.planned_coverage)} is planned."
    )
    promise_kept = stressed.kept
    if promise_kept is None:
        return text
    some = "None" if promise_kept.share == 0 else "All" if promise_kept.share == 1 else share(promise_kept.share)
    return (
        f"{some} of {number(stressed.draws)} draws keep every promise (95\u00a0% interval of their share "
        f"{between(promise_kept)}). {text}"
    )


def _weakest(cases: Sequence[CaseUnderStress]) -> list[str]:
    """The cases whose promise is broken most often."""
    known = [
        (stressed_case.kept.share, stressed_case)
        for stressed_case in cases
        if stressed_case.kept is not None and stressed_case.kept.share < 1
    ]
    weakest = sorted(known, key=lambda entry: entry[0])[:3]
    return [
        f"{stressed_case.title}: {share(stressed_case.case.contingency.coverage)} of each item is promised, "
        f"{share(stressed_case.spreads[COVERAGE].mean)} of all is covered on average, and {share(draws_kept)} of the "
        "draws keep the promise"
        + ("." if stressed_case.planned[LACK] == 0 else ", which is not kept as planned either.")
        for draws_kept, stressed_case in weakest
    ]


def _record(stressed: Stressed, head: Mapping[str, Any], plan: str, verification: str) -> StressRecord:
    cases = []
    for stressed_case in stressed.cases:
        loss, coverage, lack = stressed_case.spreads
        cases.append(
            StressedCaseRecord(
                contingency=stressed_case.case.contingency.name,
                strike=stressed_case.case.strike + 1,
                weight=stressed_case.case.weight,
                promised=stressed_case.case.contingency.coverage,
                loss=LossRecord(**loss._asdict()),
                coverage=CoverageRecord(**coverage._asdict()),
                lack=LackRecord(**lack._asdict()),
                kept=_kept(stressed_case.kept),
            )
        )
    return StressRecord(
        **head,
        plan=plan,
        draws=stressed.draws,
        seed=stressed.seed,
        verification=verification,
        level=LossRecord(**stressed.level._asdict()),
        coverage=CoverageRecord(**stressed.coverage._asdict()),
        kept=_kept(stressed.kept),
        cases=tuple(cases),
    )


def _kept(kept_share: ShareOfDraws | None) -> KeptRecord | None:
    return None if kept_share is None else KeptRecord(**kept_share._asdict())
