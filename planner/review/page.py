"""The brief on two pages, and the same as workbook and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from planner.analysis.findings import Findings, FindingsTable, Section, TableField
from planner.domain.instance import PlanningInstance
from planner.domain.titles import object_title, title_of
from planner.report.words.names import party_title, titles_of, unit_beside
from planner.report.words.numbers import Money, compact, listing, number, plural, share, with_unit
from planner.review.breaches import amount_words
from planner.review.compared import Compared
from planner.review.record import Breach, ReviewRecord, Whose
from planner.tolerances import SAME

MOST = 6  # rows of a table on the page, so that it prints on two pages
MOST_NAMES = 2  # of whose a breach is, in a row; review.json has all
RESPONSIBLE = (
    "Entries of the register by the nation that is responsible, or among those that are; an entry of several "
    "nations counts for each."
)
NAMES = {"commitment": "Commitment", "production": "Production", "shipment": "Shipment", "payment": "Payment"}
AMOUNTS = (
    TableField("planned", "Planned", "figure"),
    TableField("actual", "Actual", "figure"),
    TableField("difference", "Difference", "figure"),
)
NOBODY = "no nation given"
ORDER = {"open": 0, "lost": 1, "mended": 2, "withdrawn": 3}


class Counted(NamedTuple):
    """What is counted of each nation: entries of a state, of commitments or of departures from the plan;
    key and heading of the column.
    """

    key: str
    heading: str
    is_commitment: bool
    state: str

    def holds(self, breach: Breach) -> bool:
        """Is this entry counted here?"""
        return (self.is_commitment, self.state) == (breach.kind == "commitment", breach.state)


COUNTED = (
    Counted("open", "Commitments open", True, "open"),
    Counted("lost", "Commitments lost", True, "lost"),
    Counted("mended", "Commitments mended", True, "mended"),
    Counted("departures_open", "Departures open", False, "open"),
    Counted("departures_mended", "Departures made up for", False, "mended"),
)


def review_findings(compared: Compared, record: ReviewRecord) -> Findings:
    """Everything that the page, the workbook and the record say."""
    rows, instance = compared.table, compared.instance
    names = _names(instance)
    nations = _sums(rows, "nations", "By nation", ["nation", "kind"], names)
    commitments = _sums(rows[rows["commitment"] != ""], "commitments", "By commitment", ["commitment"], names)
    periods = _sums(rows, "periods", "By month", ["period", "kind"], names)
    every = FindingsTable("planned_actual", "Planned and actual, by line, route, demand and fund", rows, _fields(
        names, "kind", "period", "nation", "commitment", "object", "party", "item"))  # fmt: skip
    register, responsible = _register(record.breaches, instance), _responsible(record.breaches, instance)
    sections = [
        Section("Register", _counts(record), tables=[_shown(record.breaches, instance)]),
        *([Section("Who is responsible", RESPONSIBLE, tables=[responsible])] if len(responsible.frame) else []),
        Section(
            "By nation",
            "What is made counts for the nation of the line, what is shipped for that of the origin, what is "
            "delivered for that of the destination, and what is paid for the contributor.",
            tables=[nations],
        ),
        *(
            [Section("By commitment", "What the plan had delivered, and what was.", tables=[commitments])]
            if len(commitments.frame)
            else []
        ),
        Section("By month", tables=[periods]),
    ]
    return Findings(
        kind="review",
        title=record.title,
        subject=f"Review {_span(record)}",
        marking=record.marking,
        headline=_headline(record, instance),
        money=Money(record.currency, 1.0),
        facts=_facts(record),
        sections=sections,
        record=record,
        tables=[register, responsible, every, nations, commitments, periods],
        most_rows=MOST,
    )


def _span(record: ReviewRecord) -> str:
    return record.first if record.first == record.last else f"{record.first} to {record.last}"


def _names(instance: PlanningInstance) -> dict[str, dict[str, str]]:
    """What codes are called, by the columns in which they stand;
    who pays may be a nation, or a fund that pays for itself.
    """
    funds = titles_of(instance.funds)
    return {
        "nation": titles_of(instance.nations) | {"": NOBODY},
        "party": funds | titles_of(instance.nations),
        "commitment": titles_of(instance.commitments),
        "item": titles_of(instance.items),
        "object": funds,
    }


def _headline(record: ReviewRecord, instance: PlanningInstance) -> str:
    standing = [breach for breach in record.breaches if breach.state in ("open", "lost")]
    promises = [breach for breach in standing if breach.kind == "commitment"]
    if not standing:
        return "Nothing that was pledged or planned is missing."
    others = len(standing) - len(promises)
    names = list(dict.fromkeys(_party(breach, instance) or breach.what for breach in promises))
    first = f"{plural(len(promises), 'demand')} not met when due ({listing(names)})" if promises else ""
    second = f"{plural(others, 'departure')} from the plan not made up for" if others else ""
    return "; ".join(text for text in (first, second) if text) + "."


def _facts(record: ReviewRecord) -> list[tuple[str, str]]:
    facts = [("Plan", record.run), ("Actuals", record.input.path)]
    if record.not_reported:
        facts.append(
            ("Not reported", f"{listing(list(record.not_reported), 4)}: planned, but not reported; not compared.")
        )
    if record.register_added is not None:
        seal = f" Seal {record.register_seal}" if record.register_seal else ""
        facts.append(
            ("Register", f"{plural(record.register_added, 'row')} added to the run store; none changed.{seal}")
        )
    return facts


def _counts(record: ReviewRecord) -> str:
    counts = {state: sum(breach.state == state for breach in record.breaches) for state in ORDER}
    counted = ", ".join(f"{number(count)} {state}" for state, count in counts.items() if count)
    return f"{plural(len(record.breaches), 'entry', 'entries')}: {counted}." if counted else "No entry."


def what_words(breach: Breach, instance: PlanningInstance) -> str:
    """The demand, line or route; a fund by its name."""
    return breach.what if breach.kind == "commitment" else object_title(instance, breach.what)


def _party(breach: Breach, instance: PlanningInstance) -> str:
    """The commitment of a demand, or the contributor of a payment, by name; blank of others."""
    if breach.kind == "commitment":
        return title_of(instance.commitments, breach.party)
    return party_title(instance, breach.party)


def _register(breaches: Sequence[Breach], instance: PlanningInstance) -> FindingsTable:
    rows = [
        (
            NAMES[one.kind], what_words(one, instance), _party(one, instance), one.item, one.period, one.planned, one.actual, one.missing,
            one.left, one.unit, _all_of(one.whose, instance), one.state, _when(one), one.remedy,
        )
        for one in _ordered(breaches)
    ]  # fmt: skip
    columns = ["kind", "what", "party", "item", "due", "planned", "actual", "missing", "left", "unit", "whose", "state", "mended",
               "remedy"]  # fmt: skip
    fields = [
        TableField("kind", "Breach of"), TableField("what", "What"), TableField("party", "Commitment, contributor"), TableField("due", "When"),
        TableField("missing", "Missing", "figure"), TableField("left", "Still missing", "figure"), TableField("unit", "Unit"),
        TableField("whose", "Whose"), TableField("state", "State"), TableField("mended", "Mended"), TableField("remedy", "Remedy"),
    ]  # fmt: skip
    return FindingsTable(
        "register", "Breaches of commitments, departures from the plan", pd.DataFrame(rows, columns=columns), fields
    )


def _ordered(breaches: Sequence[Breach]) -> list[Breach]:
    """Open commitments, those due first before others;
    then lost ones, departures, and what is mended or withdrawn, the latest first.
    """
    latest_first = sorted(breaches, key=lambda one: one.period, reverse=True)
    due_first = sorted(
        latest_first, key=lambda one: one.period if (one.kind, one.state) == ("commitment", "open") else ""
    )
    stands = {"open": 0, "lost": 0}
    return sorted(due_first, key=lambda one: (stands.get(one.state, 1), one.kind != "commitment", ORDER[one.state]))


def _responsible(breaches: Sequence[Breach], instance: PlanningInstance) -> FindingsTable:
    """How many entries each nation is responsible for, the most commitments that stand first;
    one of several nations counts for each.
    """
    entries: dict[str, list[Breach]] = {}
    for breach in breaches:
        for nation in dict.fromkeys(whose.nation for whose in breach.whose):
            entries.setdefault(nation, []).append(breach)
    rows: list[dict[str, Any]] = [
        {"nation": party_title(instance, nation) or NOBODY}
        | {counted.key: sum(map(counted.holds, entries_of_nation)) for counted in COUNTED}
        for nation, entries_of_nation in entries.items()
    ]
    rows.sort(key=lambda row: (-row["open"] - row["lost"], -row["departures_open"]))
    frame = pd.DataFrame(rows, columns=["nation", *(counted.key for counted in COUNTED)])
    fields = [TableField("nation", "Nation"), *(TableField(one.key, one.heading, "whole") for one in COUNTED)]
    return FindingsTable("responsible", "Entries by responsible nation", frame, fields)


def _shown(breaches: Sequence[Breach], instance: PlanningInstance) -> FindingsTable:
    """The register in few columns, for the page."""
    rows = [
        (
            f"{NAMES[one.kind]} "
            f"{what_words(one, instance)}{f' ({_party(one, instance)})' if one.party else ''}, {one.period}",
            amount_words(one.missing, one, instance)
            + (f"; still {with_unit(one.left, _unit(one, instance))}" if one.mended else ""),
            _all_of(one.whose, instance),
            one.state,
            one.remedy,
        )
        for one in _ordered(breaches)
    ]
    fields = [TableField("breach", "Breach"), TableField("missing", "Missing"), TableField("whose", "Whose"), TableField("state", "State"),
              TableField("remedy", "Remedy")]  # fmt: skip
    frame = pd.DataFrame(rows, columns=[field.key for field in fields])
    return FindingsTable("register", "Breaches of commitments, departures from the plan", frame, fields)


def _unit(breach: Breach, instance: PlanningInstance) -> str:
    """The unit of a breach as it stands beside the name of the item."""
    item = instance.items.get(breach.item)
    return unit_beside(item.title or item.name, item.unit) if item is not None else breach.unit


def _all_of(whose: Sequence[Whose], instance: PlanningInstance) -> str:
    """The first of them by share, and how many more."""
    ordered = sorted(whose, key=lambda one: -(one.share or 0.0))
    more = f"; {len(whose) - MOST_NAMES} more" if len(whose) > MOST_NAMES else ""
    return "; ".join(whose_words(one, instance) for one in ordered[:MOST_NAMES]) + more


def _when(breach: Breach) -> str:
    return "; ".join(f"{compact(part.quantity)} in {part.period}" for part in breach.mended)


def whose_words(one: Whose, instance: PlanningInstance) -> str:
    """`Poland 60 % (40 % to 80 %), by attribution: Railway`; `Poland, as the line's nation`."""
    nation = party_title(instance, one.nation)
    if one.by == "attribution":
        span = "" if one.least == one.most else f" ({share(one.least)} to {share(one.most)})"
        return f"{nation or 'no nation'} {share(one.share)}{span}, by attribution: {object_title(instance, one.of)}"
    if one.by == "unknown":
        return NOBODY
    return f"{nation}, {'who' if one.by == 'pledged it' else 'as the'} {one.by}"


def _sums(
    rows: pd.DataFrame, name: str, title: str, keys: list[str], names: Mapping[str, Mapping[str, str]]
) -> FindingsTable:
    """Planned and actual, added up by item, as different items cannot be;
    first what lacks most of its plan, or the latest month.
    """
    by = [*keys, "item", "unit"]
    frame = rows.groupby(by, sort=False, as_index=False)[["planned", "actual"]].sum()
    least = SAME * frame[["planned", "actual"]].max(axis=1).clip(lower=1.0)  # less is arithmetic
    frame["actual"] = frame["actual"].where(frame["actual"].abs() > least, 0.0)
    gap = frame["actual"] - frame["planned"]
    frame["difference"] = gap.where(gap.abs() > least, 0.0)
    if "period" in keys:
        frame = frame.sort_values("period", ascending=False, kind="stable", ignore_index=True)
    else:
        size = (frame["difference"] / frame["planned"].clip(lower=1.0)).rename("size")
        frame = frame.loc[size.sort_values(kind="stable").index].reset_index(drop=True)
    return FindingsTable(name, title, frame, [*_fields(names, *keys, "item"), TableField("unit", "Unit")])


def _fields(names: Mapping[str, Mapping[str, str]], *keys: str) -> list[TableField]:
    headings = {"kind": "Kind", "period": "Month", "nation": "Nation", "commitment": "Commitment", "object": "Line, route, demand, fund",
             "party": "Contributor", "item": "Item"}  # fmt: skip
    return [*(TableField(key, headings[key], names=names.get(key, {})) for key in keys), *AMOUNTS]
