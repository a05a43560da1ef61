"""The decision record for people: one page, made from the file."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from planner import catalogue
from planner.analysis.findings import Findings, FindingsTable, Section, TableField
from planner.analysis.writing import page
from planner.decision.record import Approval, Considered, Decision, DecisionRecord, QuotedPrice
from planner.report.words.numbers import Money, compact, in_utc, number, plural, share, spelled_unit

NOT_KNOWN = "–"


def page_of(record: DecisionRecord, file: str) -> str:
    """The page as text; `file` is the name of the record that it shows."""
    decision = record.decision
    return page(
        Findings(
            kind="decision",
            title=decision.title,
            subject="Decision record",
            marking=decision.marking,
            headline=_headline(record),
            money=Money(decision.calendar.currency, 1.0),
            facts=list(_facts(record, file)),
            sections=list(_sections(record, file)),
            record=record,
        )
    )


def _headline(record: DecisionRecord) -> str:
    names = [approval.name for approval in record.approvals]
    run = record.decision.run
    return f"Plan {run.folder}, {run.status}, {_approved(names)}."


def _approved(names: list[str]) -> str:
    return f"approved by {', '.join(names)}" if names else "not approved yet"


def _facts(record: DecisionRecord, file: str) -> Iterator[tuple[str, str]]:
    decision = record.decision
    calendar, options = decision.calendar, decision.options
    yield "Seal", record.seal
    yield "Recorded", f"{in_utc(decision.recorded)}, in {file}"
    yield "Planned", f"{in_utc(decision.run.started)}, in {decision.run.path}"
    yield "Input", f"{decision.input.path}, SHA-256 {decision.input.sha256}"
    if not decision.input_stood:
        yield "Input then", "It was gone, or had changed, when the record was made: the hash is that of the run."
    if decision.follows is not None:
        yield "Follows", f"{decision.follows.last_run}; workbook {decision.follows.workbook}"
    if decision.started_from is not None:
        yield "Solved from", f"the plan {decision.started_from.run}"
    yield "Horizon", f"{plural(calendar.periods, calendar.period_length)} from {calendar.start}"
    limit = "none" if options.time_limit is None else f"{number(options.time_limit)} s"
    yield "Model", f"{decision.model.title} ({decision.model.name}, {decision.model.kind}); time limit {limit}"
    counts = decision.solver.counts
    size = f"{number(counts.rows or 0)} rows, {number(counts.columns or 0)} columns"
    gap = NOT_KNOWN if decision.solver.gap is None else compact(decision.solver.gap)
    yield "Solver", f"{decision.solver.name}; {size}; gap {gap}"
    yield "Verification", decision.verification
    yield "Versions", ", ".join(f"{name} {version}" for name, version in decision.versions.items())


def _sections(record: DecisionRecord, file: str) -> Iterator[Section]:
    decision = record.decision
    yield Section("Who approved it", points=[*map(_approval, record.approvals)] or ["Nobody yet."])
    yield Section("Results of the plan", tables=[_levels(decision, file)])
    if decision.not_enforced:
        yield Section("What it need not obey", points=decision.not_enforced)
    if decision.considered:
        points = [_considered(one) for one in decision.considered]
        yield Section("What else was considered", points=points, tables=[_plans(decision, file)])
    yield Section(
        "Prices quoted",
        "Those that a re-solve confirmed: the worth of one more of the limit, at each aim in order.",
        tables=[_prices(decision, file)],
    )
    lead = f"{plural(len(decision.files), 'file')} of the run folder, by SHA-256."
    yield Section("What it signs", lead, tables=[_files(decision, file)])


def _approval(approval: Approval) -> str:
    words = f": “{approval.words}”" if approval.words else ""
    return f"{approval.name}, {in_utc(approval.at)}{words} SHA-256 {approval.sha256}"


def _considered(one: Considered) -> str:
    slack = "" if one.slack is None else f", within {share(one.slack)}"
    other = "" if one.same_input else "; made from another input"
    return f"{one.path}: {one.kind}{slack}, {plural(len(one.plans), 'plan')}{other}. SHA-256 {one.sha256}"


def _levels(decision: Decision, file: str) -> FindingsTable:
    rows = [
        (f"{index} {level.title}", spelled_unit(level.unit), level.value, level.bound, level.status)
        for index, level in enumerate(decision.levels, 1)
    ]
    frame = pd.DataFrame(rows, columns=["title", "unit", "value", "bound", "status"])
    fields = [
        TableField("title", "Aim"),
        TableField("unit", "Unit"),
        TableField("value", "Plan", "figure"),
        TableField("bound", "No plan can beat", "figure"),
        TableField("status", "State"),
    ]
    return FindingsTable("levels", "Objective levels", frame, fields, file)


def _plans(decision: Decision, file: str) -> FindingsTable:
    """Each plan that was considered by level; level names as the planning model has them."""
    known = [level.name for level in decision.levels]
    rows = [
        [f"{one.folder}: {plan.name}", plan.status, plan.rank, *(plan.levels.get(name) for name in known)]
        for one in decision.considered
        for plan in one.plans
    ]
    frame = pd.DataFrame(rows, columns=["plan", "status", "rank", *known])
    frame["rank"] = frame["rank"].map(lambda rank: "" if pd.isna(rank) else str(int(rank)))
    titles = {level.name: f"{level.title} ({spelled_unit(level.unit)})" for level in decision.levels}
    fields = [TableField("plan", "Plan"), TableField("status", "State"), TableField("rank", "Rank")]
    fields += [TableField(name, titles[name], "figure") for name in known]
    return FindingsTable("considered", "Plans considered", frame, fields, file)


def _prices(decision: Decision, file: str) -> FindingsTable:
    labels, titles = decision.calendar.labels, catalogue.load(decision.model.name).constraints
    aims = {level.name: f"{index} {level.title}" for index, level in enumerate(decision.levels, 1)}
    rows = [
        (
            f"{titles[price.family].title}: {_object(price)}" if price.family in titles else _object(price),
            price.item_title or price.item,
            "" if price.period is None else labels[price.period - 1],
            aims.get(price.level, price.level),
            price.price,
            spelled_unit(price.unit),
        )
        for price in decision.prices
    ]
    frame = pd.DataFrame(rows, columns=["limit", "item", "period", "aim", "price", "unit"])
    fields = [TableField("limit", "Limit"), TableField("item", "Item"), TableField("period", "Period"), TableField("aim", "Aim"), TableField("price", "Price", "figure"),
              TableField("unit", "Unit")]  # fmt: skip
    return FindingsTable("prices", "Prices", frame, fields, file)


def _object(price: QuotedPrice) -> str:
    return price.object_title or price.object


def _files(decision: Decision, file: str) -> FindingsTable:
    frame = pd.DataFrame(list(decision.files.items()), columns=["file", "sha256"])
    return FindingsTable("files", "Files", frame, [TableField("file", "File"), TableField("sha256", "SHA-256")], file)
