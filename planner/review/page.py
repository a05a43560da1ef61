"""The brief on two pages, and the same as workbook and tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from planner.analysis.findings import Findings, Section, Table, TableField
from planner.report.words.numbers import Money, compact, listing, number, plural, share, with_unit
from planner.review.compared import Compared
from planner.review.record import Breach, ReviewRecord, Whose

MOST = 6  # rows of a table on the page, so that it prints on two pages
MOST_NAMES = 2  # of whose a breach is, in a row; review.json has all
KINDS = {"made": "Made", "shipped": "Shipped", "delivered": "Delivered", "paid": "Paid"}
NAMES = {"commitment": "Commitment", "production": "Production", "shipment": "Shipment", "payment": "Payment"}
AMOUNTS = (
    TableField("planned", "Planned", "figure"),
    TableField("actual", "Actual", "figure"),
    TableField("difference", "Difference", "figure"),
)
ORDER = {"open": 0, "lost": 1, "mended": 2, "withdrawn": 3}


def review_findings(found: Compared, record: ReviewRecord) -> Findings:
    """Everything that the page, the workbook and the record say."""
    rows = found.table
    nations = _sums(rows, "nations", "By nation", ["nation", "kind"])
    commitments = _sums(rows[rows["commitment"] != ""], "commitments", "By commitment", ["commitment"])
    periods = _sums(rows, "periods", "By month", ["period", "kind"])
    every = Table("planned_actual", "Planned and actual, by line, route, demand and fund", rows, _fields(
        "kind", "period", "nation", "commitment", "object", "party", "item"))  # fmt: skip
    register = _register(record.breaches)
    sections = [
        Section("Register", _counts(record), tables=[_shown(record.breaches)]),
        Section(
            "By nation", "Each line's, route's origin's and contributor's; deliveries by destination.", tables=[nations]
        ),
        Section("By commitment", "What the plan had delivered, and what was.", tables=[commitments]),
        Section("By month", tables=[periods]),
    ]
    return Findings(
        kind="review",
        title=record.title,
        subject=f"Review {_span(record)}",
        marking=record.marking,
        headline=_headline(record),
        money=Money(record.currency, 1.0),
        facts=_facts(record),
        sections=sections,
        record=record,
        tables=[register, every, nations, commitments, periods],
        most_rows=MOST,
    )


def _span(record: ReviewRecord) -> str:
    return record.first if record.first == record.last else f"{record.first} to {record.last}"


def _headline(record: ReviewRecord) -> str:
    standing = [breach for breach in record.breaches if breach.state in ("open", "lost")]
    promises = [breach for breach in standing if breach.kind == "commitment"]
    if not standing:
        return "Nothing that was pledged or planned is missing."
    others = len(standing) - len(promises)
    names = list(dict.fromkeys(breach.party or breach.what for breach in promises))
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
    told = ", ".join(f"{number(count)} {state}" for state, count in counts.items() if count)
    return f"{plural(len(record.breaches), 'entry', 'entries')}: {told}." if told else "No entry."


def _register(breaches: Sequence[Breach]) -> Table:
    rows = [
        (
            NAMES[one.kind], one.what, one.party, one.item, one.period, one.planned, one.actual, one.missing, one.left, one.unit,
            _all_of(one.whose), one.state, _when(one), one.remedy,
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
    return Table(
        "register", "Breaches of commitments, departures from the plan", pd.DataFrame(rows, columns=columns), fields
    )


def _ordered(breaches: Sequence[Breach]) -> list[Breach]:
    """What stands first, commitments before departures, in the order of time."""
    return sorted(breaches, key=lambda one: (ORDER[one.state], one.kind != "commitment", one.period))


def _shown(breaches: Sequence[Breach]) -> Table:
    """The register in few columns, for the page."""
    rows = [
        (
            f"{NAMES[one.kind]} {one.what}{f' ({one.party})' if one.party else ''}, {one.period}",
            f"{with_unit(one.missing, one.unit)}{f' of {one.item}' if one.item else ''}"
            + (f"; still {compact(one.left)}" if one.mended else ""),
            _all_of(one.whose),
            one.state,
            one.remedy,
        )
        for one in _ordered(breaches)
    ]
    fields = [TableField("breach", "Breach"), TableField("missing", "Missing"), TableField("whose", "Whose"), TableField("state", "State"),
              TableField("remedy", "Remedy")]  # fmt: skip
    frame = pd.DataFrame(rows, columns=[field.key for field in fields])
    return Table("register", "Breaches of commitments, departures from the plan", frame, fields)


def _all_of(whose: Sequence[Whose]) -> str:
    """The first of them by share, and how many more."""
    ordered = sorted(whose, key=lambda one: -(one.share or 0.0))
    more = f"; {len(whose) - MOST_NAMES} more" if len(whose) > MOST_NAMES else ""
    return "; ".join(map(whose_words, ordered[:MOST_NAMES])) + more


def _when(breach: Breach) -> str:
    return "; ".join(f"{compact(part.quantity)} in {part.period}" for part in breach.mended)


def whose_words(one: Whose) -> str:
    """`PL 60 % (40 % to 80 %), by attribution: Railway`; `PL, as the line's nation`."""
    if one.by == "attribution":
        span = "" if one.least == one.most else f" ({share(one.least)} to {share(one.most)})"
        return f"{one.nation or 'no nation'} {share(one.share)}{span}, by attribution: {one.of}"
    if one.by == "unknown":
        return "no nation given"
    return f"{one.nation}, {'who' if one.by == 'pledged it' else 'as the'} {one.by}"


def _sums(rows: pd.DataFrame, name: str, title: str, keys: list[str]) -> Table:
    """Planned and actual, added up by item, as different items cannot be; first what lacks most of its plan, or the latest month."""
    by = [*keys, "item", "unit"]
    frame = rows.groupby(by, sort=False, as_index=False)[["planned", "actual", "difference"]].sum()
    if "period" in keys:
        frame = frame.sort_values("period", ascending=False, kind="stable", ignore_index=True)
    else:
        size = (frame["difference"] / frame["planned"].clip(lower=1.0)).rename("size")
        frame = frame.loc[size.sort_values(kind="stable").index].reset_index(drop=True)
    return Table(name, title, frame, [*_fields(*keys, "item"), TableField("unit", "Unit")])


def _fields(*keys: str) -> list[TableField]:
    names = {"kind": "Kind", "period": "Month", "nation": "Nation", "commitment": "Commitment", "object": "Line, route, demand, fund",
             "party": "Contributor", "item": "Item"}  # fmt: skip
    return [*(TableField(key, names[key]) for key in keys), *AMOUNTS]
