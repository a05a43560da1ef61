"""The decision record as a file: what was decided, and the chain of approvals,
each over the hash of what stood before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from planner.records.chain import hash_of
from planner.records.model import AsHeadline, Count, InUnit, Moment, Number, OfLevel, Record, Sha256, Share, Unit
from planner.records.parts import Calendar, InputFile, Level, ModelUsed, Versions
from planner.records.run import Counts, Options, StartedFrom

ENDING = ".decision.json"


class RunFolder(Record):
    """The run that was decided on."""

    folder: str = Field(description="Name of the run folder.")
    path: str = Field(description="Where it was, as an absolute path.")
    started: Moment = Field(description="When it was planned, UTC.")
    status: Literal["optimal", "feasible"] = Field(description="As in run.json.")
    made_by: Literal["one program", "windows", "not solved"] = Field(
        description="One program, windows one after the other, or given or chosen otherwise: then `planner "
        "reproduce` cannot make it again."
    )


class LastPlanEntry(Record):
    """Of a re-optimised plan: what it follows."""

    last_run: str = Field(description="Run folder of the last plan.")
    last_run_sha256: Sha256 = Field(description="Checksum of its run.json.")
    workbook: str = Field(description="The workbook that was rolled to the present.")
    workbook_sha256: Sha256 = Field(description="Its checksum.")


class RollingWindows(Record):
    """The windows of `--rolling`, as they were asked for."""

    window: Annotated[int, Unit("periods"), Field(ge=1)] = Field(description="Periods that a window sees.")
    overlap: Annotated[int, Unit("periods"), Field(ge=0)] = Field(
        description="Periods by which it reaches into the next."
    )


class Solver(Record):
    """The solver and the state that it ended in; each level says the rest."""

    name: str = Field(description="Program that solved.")
    settings: dict[str, str] = Field(description="What the planning model sets, by the solver's own name of it.")
    counts: Counts = Field(description="Size of the program.")
    gap: Annotated[float, Unit("1")] | None = Field(description="Largest gap of a level; null: not known.")


class ConsideredPlan(Record):
    """A plan that was considered."""

    name: str = Field(description="Option, number of the alternative, or name of the run folder.")
    status: str = Field(description="How it ended, as in run.json.")
    rank: Count | None = Field(default=None, description="Of an option: its rank in the comparison.")
    levels: dict[str, OfLevel | None] = Field(description="Value of each objective level, in its unit.")
    figures: dict[str, AsHeadline | None] | None = Field(
        default=None, description="Of an option: its headline figures, in the units of tables/headline.csv."
    )


class Considered(Record):
    """A comparison, alternatives or a run that was considered."""

    kind: Literal["compare", "alternatives", "run"] = Field(description="Which command left it.")
    folder: str = Field(description="Name of its folder.")
    path: str = Field(description="Where it was, as an absolute path.")
    file: str = Field(description="Its record in that folder.")
    sha256: Sha256 = Field(description="Checksum of that record.")
    input_sha256: Sha256 = Field(description="Checksum of its input.")
    same_input: bool = Field(description="Is that the input of the plan?")
    slack: Share | None = Field(default=None, description="Of alternatives: by how much a level may be worse.")
    plans: tuple[ConsideredPlan, ...] = Field(description="Its plans.", min_length=1)


class QuotedPrice(Record):
    """A price that a re-solve confirmed; columns as in tables/prices.csv."""

    family: str = Field(description="Family of constraints.")
    object: str = Field(description="Fund, line, route … that has the limit.")
    item: str = Field(description="Item; blank where it is of none.")
    period: Number | None = Field(description="1…P; null where it is of none.")
    level: str = Field(description="Objective level that the price is in.")
    price: InUnit = Field(description="Worth of one more, in `unit`.")
    one_less: InUnit | None = Field(description="What one less costs, in `unit`; null: not known.")
    unit: str = Field(description="Unit of the price.")
    object_title: str | None = Field(
        default=None, description="What the input calls the object, where that is another name and the input was there."
    )
    item_title: str | None = Field(default=None, description="The same of the item.")


class Decision(Record):
    """What was decided, and on what."""

    title: str = Field(description="Title from Settings, else the name of the input.")
    marking: str = Field(description="Handling caveat from Settings.")
    recorded: Moment = Field(description="When the record was made, UTC.")
    run: RunFolder = Field(description="The run that was decided on.")
    input: InputFile = Field(description="What the plan was made from.")
    input_stood: bool = Field(description="Was that input there, unchanged, when the record was made?")
    follows: LastPlanEntry | None = Field(default=None, description="Of a re-optimised plan: what it follows.")
    started_from: StartedFrom | None = Field(
        default=None,
        description="Of a budget slid at the desk: the plan that it was solved from, which `reproduce` starts from "
        "too.",
    )
    calendar: Calendar = Field(description="The periods of the horizon.")
    versions: Versions = Field(description="Everything that computed the plan.")
    program_sha256: Sha256 = Field(description="Checksum of the program's own files when the record was made.")
    model: ModelUsed = Field(description="The planning model.")
    model_files: dict[str, Sha256] = Field(
        description="Checksum of the model's file, and of those that it extends, when the record was made.",
        min_length=1,
    )
    options: Options = Field(description="The options of the run.")
    rolling: RollingWindows | None = Field(default=None, description="Of a plan made in windows: which.")
    worth: bool = Field(description="Was the worth of the guarantee computed?")
    priced: bool = Field(
        default=True,
        description="Could the plan have prices, and what holds back what is short? Not if they were left out of an "
        "option.",
    )
    solver: Solver = Field(description="The solver, and the state that it ended in.")
    tolerances: dict[str, Annotated[float, Unit("as its name says")]] = Field(
        description="Every tolerance of the program, by name; `verification` is the checker's."
    )
    verification: str = Field(description="What the independent checker said.")
    verified: dict[str, Annotated[float, Unit("1")] | None] = Field(
        description="Largest violation by family of rules, relative to the largest term of its row, at least 1."
    )
    not_enforced: tuple[str, ...] = Field(description="Filled rules that the plan need not obey, each with its reason.")
    not_recomputed: tuple[str, ...] = Field(description="Columns of tables that the verification does not recompute.")
    levels: tuple[Level, ...] = Field(description="Every objective level, or the weighted objective.", min_length=1)
    files: dict[str, Sha256] = Field(
        description="SHA-256 of every file of the run folder, by its path in it.", min_length=1
    )
    without_cells: dict[str, Sha256] = Field(
        description="SHA-256 of each table that names cells of the workbook, without its column `cells`: a plan of "
        "an option, or a re-optimised one, is reproduced from its own input, which has other cells."
    )
    considered: tuple[Considered, ...] = Field(description="What else was considered.")
    prices: tuple[QuotedPrice, ...] = Field(description="The prices that a re-solve confirmed.")


class Approval(Record):
    """Who approved the decision. It signs what stood before it: the decision, and the approvals so far."""

    number: Annotated[int, Unit("ordinal"), Field(ge=1)] = Field(description="1 is the first.")
    name: str = Field(description="Who approved.", pattern=r"\S")
    words: str = Field(description="What they said; may be empty.")
    at: Moment = Field(description="When, UTC.")
    signs: Sha256 = Field(description="The hash before it: of the decision, or of the approval before.")
    sha256: Sha256 = Field(description="Of all this: what the next approval signs.")


class DecisionRecord(Record):
    """What was decided, its hash, and the chain of approvals."""

    decision: Decision = Field(description="What was decided, and on what.")
    sha256: Sha256 = Field(description="Of the decision: what the first approval signs.")
    approvals: tuple[Approval, ...] = Field(description="In the order in which they were given.")

    @property
    def seal(self) -> str:
        """The last hash of the chain: it signs everything in the file."""
        return self.approvals[-1].sha256 if self.approvals else self.sha256

    @property
    def seals(self) -> tuple[str, ...]:
        """Every hash of the chain, the decision's first."""
        return (self.sha256, *(approval.sha256 for approval in self.approvals))


def signed(decision: Decision) -> DecisionRecord:
    """The record of a decision that nobody has approved yet."""
    return DecisionRecord(decision=decision, sha256=hash_of(decision.document()), approvals=())


def approved(record: DecisionRecord, name: str, words: str, at: str) -> DecisionRecord:
    """The record with one approval more, over everything that it says so far. `at` is a moment in UTC."""
    fields = {"number": len(record.approvals) + 1, "name": name, "words": words, "at": at, "signs": record.seal}
    approval = Approval.model_validate({**fields, "sha256": hash_of(fields)})
    return record.but(approvals=(*record.approvals, approval))


def broken_links(record: DecisionRecord) -> Iterator[str]:
    """What of the file was changed after it was signed, a sentence each; none: the chain holds."""
    if hash_of(record.decision.document()) != record.sha256:
        yield "the decision was changed after it was signed: its hash is not the one in the record"
    before = record.sha256
    for index, approval in enumerate(record.approvals, 1):
        who = f"approval {index} ({approval.name})"
        fields = {name: part for name, part in approval.document().items() if name != "sha256"}
        if hash_of(fields) != approval.sha256:
            yield f"{who} was changed after it was signed"
        if approval.signs != before or approval.number != index:
            yield f"{who} does not sign what stands before it"
        before = approval.sha256
