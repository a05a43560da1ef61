"""run.json: what a run says about itself. `planner/run/record.py` fills it in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from planner.errors import UsageError
from planner.records.model import (
    AsCell,
    Count,
    Day,
    InUnit,
    Mebibytes,
    Moment,
    Money,
    Number,
    OfItem,
    OfLevel,
    Record,
    Seconds,
    Sha256,
    Share,
    Unit,
)
from planner.records.parts import Calendar, InputFile, Level, ModelUsed, Status, Versions
from planner.records.reading import read_record
from planner.records.remedies import GoalRecord
from planner.workbook.kind import RUN, no_run_folder

WITH_PLAN = ("optimal", "feasible")


class SolverOptions(Record):
    """How to solve."""

    model: str = Field(description="Planning model.")
    time_limit: Seconds | None = Field(description="For the solver; null: none.")
    prune: bool = Field(description="Leave out what no plan can use.")
    solver: str = Field(description="Program that solves.")
    write_lp: bool = Field(description="Write the problem as model.lp.")
    write_mps: bool = Field(description="Write the problem as model.mps.")
    threads: Count | None = Field(description="Of the solver; null: as it likes.")
    lazy_funds: bool = Field(description="Add limits of funds only where a plan breaks them; the result is the same.")


class Options(SolverOptions):
    """The options of a run."""

    strict: bool = Field(description="Treat warnings and rules that are not enforced as errors.")
    plan: str | None = Field(default=None, description="`planner evaluate`: what was evaluated.")
    rounding: OfItem | None = Field(
        default=None, description="`planner evaluate`: by how much a given quantity may be off."
    )


class ConflictRule(Record):
    """A demand or limit that cannot hold together with others: a figure of the input."""

    family: str = Field(description="Family of constraints.")
    object: str = Field(description="Fund, line, route … that it is a figure of.")
    item: str | None = Field(description="Item, where it is of one.")
    periods: tuple[Number, ...] = Field(description="1…P, those in which the figure takes part.")
    table: str = Field(description="Table of the input.")
    column: str = Field(description="Its column.")
    cells: str = Field(description="`Lines!E4`, `Lines.csv:E4`; blank where it is not typed.")
    amount: InUnit = Field(description="Over those periods, in `unit`; 0 of a share.")
    unit: str = Field(description="Unit of the amount.")


class Lacking(Record):
    """What is lacking where all rules should hold."""

    amount: InUnit = Field(description="How much, in `unit`.")
    unit: str = Field(description="Unit of the amount.")
    family: str = Field(description="Family of constraints.")
    object: str = Field(description="Fund, line, route … that is short of it.")
    item: str | None = Field(description="Item, where it is of one.")
    periods: tuple[Number, ...] = Field(description="1…P.")


class ChangedFigure(Record):
    """A figure of the input, and what it would have to be."""

    table: str = Field(description="Table of the input.")
    row: str = Field(description="Names of its row.")
    column: str = Field(description="Its column.")
    cells: str = Field(description="Where it is typed.")
    before: AsCell = Field(description="As it is; money in the currency of Settings.")
    after: AsCell = Field(description="As it would have to be.")


class Change(Record):
    """Changes that make a plan possible, all together."""

    of: tuple[Literal["limits", "demands"], ...] = Field(description="What is relaxed.")
    least: bool = Field(description="Is it the least on its sides? Otherwise the time allowed was up before.")
    lacking: tuple[Lacking, ...] = Field(description="What is missing without them.")
    figures: tuple[ChangedFigure, ...] = Field(description="The figures to change.")


class Explanation(Record):
    """Why no plan exists."""

    irreducible: bool | None = Field(
        default=None,
        description="Is it proved that these cannot hold together, and without any one of the rules the others can?",
    )
    rules: tuple[ConflictRule, ...] | None = Field(
        default=None, description="The demands and limits that cannot hold together, a figure of the input each."
    )
    changes: tuple[Change, ...] | None = Field(
        default=None,
        description="Changes, least where that is said: each was tried alone, and makes a plan possible.",
    )
    broken: tuple[str, ...] | None = Field(
        default=None,
        description="`planner evaluate`: every rule that the plan breaks, and every quantity of it that cannot be.",
    )


class Procurement(Record):
    """How many nations take part in a fund that asks for several."""

    fund: str = Field(description="The fund.")
    nations_asked: Annotated[int, Unit("1"), Field(ge=1)] = Field(description="Funds.min_nations.")
    enforced: bool = Field(description="Funds.min_nations_enforced.")
    nations_taking_part: Count = Field(description="How many do.")
    nations: dict[str, Money] = Field(description="What each of them pays over the horizon, and paid before it.")
    paid: Money = Field(description="All that the fund pays over the horizon, and paid before it.")


class Partly(Record):
    """A destination that gets nothing of some items."""

    destination: str = Field(description="The destination.")
    items: tuple[str, ...] = Field(description="Items of which it gets nothing.", min_length=1)
    wanted: Annotated[int, Unit("1"), Field(ge=1)] = Field(description="How many items it wants.")


class UnservedNames(Record):
    """Who gets nothing of what is wanted."""

    destinations: tuple[str, ...] = Field(description="Places that get nothing.")
    items: tuple[str, ...] = Field(description="Items of which nobody gets anything.")
    periods: tuple[str, ...] = Field(description="Of what is due in them nothing is delivered.")
    partly: tuple[Partly, ...] = Field(
        description="Other destinations that get nothing of some items: which, and how many items they want."
    )
    sentences: tuple[str, ...] = Field(description="The same for people.")
    least_served: tuple[str, ...] = Field(
        description="What the model least-served-first would give them and at what price; empty where it was not "
        "solved."
    )
    not_solved: str | None = Field(
        default=None, description="Only where that model was not solved and may serve them: the command that shows it."
    )


class PastLack(Record):
    """What a rule lacks from before the horizon."""

    family: str = Field(description="Family of constraints.")
    title: str = Field(description="As people call it.")
    object: str = Field(description="Fund, nation, or policy and name.")
    item: str | None = Field(description="Item, where it is of one.")
    amount: InUnit = Field(description="In `unit`.")
    unit: str = Field(description="Unit of the amount.")
    value: Money = Field(description="As the level past_lack counts it.")


class WorthOfGuarantee(Record):
    """What the guarantee is worth, at one level of the objective; the depots of each nation: table access_value."""

    level: Literal["contingency", "weighted"] = Field(description="The level that it refers to.")
    unit: str = Field(description="Unit of the amounts.")
    expected: InUnit = Field(
        description="The level at risk weight 0 with coverage left out: what the other amounts compare with."
    )
    evpi: InUnit = Field(
        description="Expected value of perfect information: by how much the level would be less if each case could be "
        "planned for by itself."
    )
    planning: InUnit | None = Field(
        description="Value of planning for the cases: by how much the level would be more if all other levels came "
        "first; null: a plan without regard to the cases could not answer what must be covered."
    )


class Window(Record):
    """A window of a plan made in windows."""

    from_: str = Field(description="First period that it saw.", alias="from")
    to: str = Field(description="Last period that it saw.")
    kept_to: str = Field(description="Last period that was kept of it.")
    levels: dict[str, OfLevel | None] = Field(description="Value of each level, in its unit.")
    seconds: Seconds = Field(description="Of planning it.")


class Loss(Record):
    """What a level is worse by than in the optimum of the whole."""

    name: str = Field(description="Level, as the model names it.")
    title: str = Field(description="As people call it.")
    unit: str = Field(description="Unit of the values.")
    value: InUnit = Field(description="Of the plan.")
    optimum: InUnit = Field(description="Of the whole as one program.")
    loss: InUnit = Field(description="value − optimum.")


class Rolling(Record):
    """How a plan was made in windows one after the other."""

    window: Annotated[int, Unit("periods"), Field(ge=1)] = Field(description="Periods that a window sees.")
    overlap: Annotated[int, Unit("periods"), Field(ge=0)] = Field(
        description="Periods by which it reaches into the next."
    )
    windows: tuple[Window, ...] = Field(description="The windows in order.")
    widened: tuple[str, ...] | None = Field(
        default=None, description="Only where a window had no plan: which, and what wider one was planned in its place."
    )
    loss: tuple[Loss, ...] | None = Field(
        default=None, description="With `--measure`: what each level is worse by than in the optimum of the whole."
    )


class LateGoods(Record):
    """An order, or goods under way, that did not come when it was due."""

    kind: Literal["order", "shipment", "goods on order"] = Field(description="What it is.")
    what: str = Field(description="The line or route; blank for goods on order.")
    item: str = Field(description="The item.")
    node: str = Field(description="Where it is made, or arrives.")
    quantity: OfItem = Field(description="How much.")
    was_due: str = Field(description="Period in which it was due.")
    due: str | None = Field(description="When it comes now; null: not in this plan.")
    state: Literal["late", "waiting", "cancelled", "lost"] = Field(description="What becomes of it.")
    why: str = Field(description="Why it is late.")


class OrderEntry(Record):
    """What was ordered from a line."""

    line: str = Field(description="The line.")
    due: Number = Field(description="Period of the workbook in which it was to be completed.")
    quantity: OfItem = Field(description="Good units.")
    paid: Share = Field(description="Share of the cost paid at order.")
    by_plan: bool = Field(description="Ordered by a plan; else by the Orders of a workbook.")


class ChurnEntry(Record):
    """Departure from the last plan."""

    share: Share = Field(description="As a share of the last plan.")
    frozen: Money = Field(description="In its frozen periods.")


class Followed(Record):
    """What a re-optimised plan followed."""

    last_run: str = Field(description="Run folder of the last plan.")
    last_run_sha256: Sha256 = Field(description="Checksum of its run.json.")
    workbook: str = Field(description="The new workbook.")
    workbook_sha256: Sha256 = Field(description="Its checksum.")
    now: str = Field(description="First period of this plan.")
    frozen: Count = Field(description="First periods in which the last plan is kept.")
    departure_cap: Share | None = Field(description="Largest departure after them.")
    conflicts: Count = Field(description="Reported figures that do not fit together, or are missing.")
    late: tuple[LateGoods, ...] = Field(
        description="Orders and goods under way that did not come when they were due, or do not come at all."
    )
    workbook_start: Day = Field(description="First day of the workbook.")
    orders_since: Annotated[int, Unit("ordinal"), Field(ge=1)] = Field(
        description="Period of the workbook from which orders are counted (1: its first)."
    )
    orders: tuple[OrderEntry, ...] = Field(
        description="Everything ordered from lines since then, also what has been made: the next re-optimisation "
        "sets it against what was made and cancelled."
    )
    churn: ChurnEntry | None = Field(default=None, description="Departure from the last plan.")


class StartedFrom(Record):
    """The plan that a plan was solved from, as an option is from its base."""

    run: str = Field(description="Its run folder.")
    run_sha256: Sha256 = Field(description="Checksum of run.json there.")
    input: InputFile = Field(description="Its input.")


class Counts(Record):
    """Size of the linear program that was solved; empty without a plan."""

    rows: Count | None = Field(default=None, description="Rows.")
    columns: Count | None = Field(default=None, description="Columns.")
    nonzeros: Count | None = Field(default=None, description="Non-zero entries.")


class RunRecord(Record):
    """What a run says about itself."""

    status: Status = Field(
        description="How the run ended. Only optimal and feasible come with a plan; error: the solver stopped, or "
        "the plan failed its verification (see message)."
    )
    message: str = Field(description="Why there is no plan; empty where there is one.")
    title: str = Field(description="Title from Settings; of an option of a comparison with what the option is called.")
    marking: str = Field(description="Handling caveat from Settings.")
    objective: OfLevel | tuple[Level, ...] | None = Field(
        description="The weighted objective (currency), or one entry per level in order; null without a plan."
    )
    bound: OfLevel | tuple[OfLevel | None, ...] | None = Field(
        description="What no plan can beat: of the weighted objective, or of each level given the levels before."
    )
    gap: Annotated[float, Unit("1")] | None = Field(
        description="(value - bound) / max(1, |value|); the largest of all optimised levels."
    )
    verification: str = Field(
        description="What the independent checker says.",
        pattern=r"^(not verified|verified|verified; [0-9]+ rules? not enforced|failed: .+)",
    )
    verified: dict[str, Annotated[float, Unit("1")] | None] = Field(
        description="Largest violation by family of rules, relative to the largest term of its row, at least 1."
    )
    not_enforced: tuple[str, ...] = Field(description="Filled rules that the plan need not obey, each with its reason.")
    removed_by_events: tuple[str, ...] = Field(description="Rows taken away by events that do not happen.")
    warnings: tuple[str, ...] = Field(description="What check warned of.")
    conflict: tuple[str, ...] = Field(
        description="Where no plan exists, in at most a dozen lines: the demands and limits that cannot hold "
        "together, what is lacking, and the least changes that would do."
    )
    calendar: Calendar = Field(description="The periods of the horizon.")
    units: dict[str, str] = Field(description="The unit that each item is counted in.")
    model: ModelUsed = Field(description="The planning model.")
    input: InputFile = Field(description="What the plan was made from.")
    options: Options = Field(description="The options of the run.")
    counts: Counts = Field(description="Size of the linear program that was solved; empty without a plan.")
    started: Moment = Field(description="UTC.")
    seconds: dict[str, Seconds] = Field(description="Of each phase.")
    peak_memory_mb: dict[str, Mebibytes] = Field(description="Peak resident memory during each phase.")
    versions: Versions = Field(description="Everything that computed.")
    replan: Followed | None = Field(default=None, description="Of a re-optimised run: what it followed.")
    started_from: StartedFrom | None = Field(
        default=None,
        description="Of a budget slid at the desk: the plan that it was solved from. Where several plans are equally "
        "good, which one comes out depends on it.",
    )
    common_procurement: tuple[Procurement, ...] | None = Field(
        default=None,
        description="Only where a fund asks for several nations: how many take part in it, and what they pay.",
        min_length=1,
    )
    past_lack: tuple[PastLack, ...] | None = Field(
        default=None,
        description="Only where what happened before the horizon breaks rules, and no plan can make up for it: by "
        "how much they are broken.",
        min_length=1,
    )
    worth: WorthOfGuarantee | None = Field(
        default=None, description="Only if the input has a case and it was computed: what the guarantee is worth."
    )
    no_worth: str | None = Field(
        default=None,
        description="Only if the input has a case: why the worth of the guarantee was not computed.",
    )
    remedies: tuple[GoalRecord, ...] | None = Field(
        default=None,
        description="Only where something falls short and it was worked out: what would help the commitments and "
        "contingencies that lack most, at most three remedies in all.",
    )
    no_remedies: str | None = Field(
        default=None,
        description="Only if something is short: why what would help was not computed, and how to get it.",
    )
    no_prices: str | None = Field(
        default=None,
        description="Only of an option of a comparison whose tables prices and attribution were left out: why, and "
        "how to get them.",
    )
    rolling: Rolling | None = Field(
        default=None,
        description="Of a plan made in windows one after the other (`--rolling`): it is not proved to be the best.",
    )
    not_recomputed: tuple[str, ...] | None = Field(
        default=None, description="Columns (`table.column`) of result tables that the verification does not recompute."
    )
    unserved: UnservedNames | None = Field(
        default=None,
        description="Only where some destination, item or due period gets nothing of what is wanted, or some "
        "destination nothing of an item.",
    )
    tables: dict[str, Sha256] | None = Field(
        default=None, description="SHA-256 of each result table as it was written, by name."
    )
    explanation: Explanation | None = Field(
        default=None, description="Only where no plan exists: what `conflict` says, in full."
    )

    @property
    def name(self) -> str:
        """Its title; without one the file that was planned, of a re-optimised run the workbook that was rolled."""
        return self.title or (Path(self.replan.workbook).name if self.replan is not None else self.input.file)

    @property
    def has_plan(self) -> bool:
        """Does the run hold a plan?"""
        return self.status in WITH_PLAN


def read_run(folder: Path) -> RunRecord:
    """run.json of a run folder.

    Raises UsageError where there is none, and with every fault of a damaged one by field.
    """
    if not (folder / RUN).is_file():
        raise UsageError(no_run_folder(folder))
    return read_record(folder / RUN, RunRecord)
