"""review.json, and what the register says of a breach."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.records.model import Count, InUnit, Record, Sha256, Share, Unit
from planner.records.parts import InputFile, Versions

State = Literal["open", "mended", "lost", "withdrawn"]


class Whose(Record):
    """Whose a breach is."""

    nation: str = Field(description="The nation; blank: unknown.")
    by: Literal["attribution", "line's nation", "route's origin", "contributor", "pledged it", "unknown"] = Field(
        description="How that is known: the plan's attribution, or who was to do it."
    )
    share: Share | None = Field(default=None, description="By attribution: its share of the shortfall.")
    least: Share | None = Field(default=None, description="By attribution: the least that its share can be.")
    most: Share | None = Field(default=None, description="By attribution: the most.")
    of: str = Field(default="", description="By attribution: the line, route, fund … that has the limit.")
    cells: str = Field(default="", description="By attribution: where the limit is typed.")


class Mended(Record):
    """What of a breach was done later."""

    period: str = Field(description="When.")
    quantity: Annotated[float, Unit("unit of the breach")] = Field(description="How much.")


class Breach(Record):
    """A breach of a commitment, or a departure from the plan."""

    kind: Literal["commitment", "production", "shipment", "payment"] = Field(
        description="A demand of a commitment, or a binding one, that was not met when due; or less made, shipped or "
        "paid than planned."
    )
    what: str = Field(description="The demand, line, route or fund.")
    party: str = Field(description="Of a payment: the contributor; of a demand: its commitment; else blank.")
    item: str = Field(description="The item; blank of a payment.")
    period: str = Field(description="When it was due.")
    planned: InUnit = Field(description="What was pledged: wanted when due, or planned, in `unit`.")
    actual: InUnit = Field(description="What was done of it by then, in `unit`.")
    missing: InUnit = Field(description="planned − actual.")
    unit: str = Field(description="Unit of the amounts.")
    whose: tuple[Whose, ...] = Field(description="Whose it is, as when it was first noted.")
    mended: tuple[Mended, ...] = Field(description="What of it was done later, in order.")
    state: State = Field(
        description="open: still due; mended: done since; lost: can no longer be done in time; withdrawn: reports "
        "were corrected, and there was no breach."
    )
    remedy: str = Field(description="What would mend it.")
    plan_ends: str = Field(default="", description="Of a departure: the last period of the plan that it departs from.")
    later: dict[str, InUnit] = Field(
        default={},
        description="Of a departure: what the same plan has in later periods, by period, in `unit`; where it has "
        "none: nothing.",
    )

    @property
    def key(self) -> str:
        """Which breach it is, whatever is said of it."""
        return "|".join((self.kind, self.what, self.party, self.item, self.period))

    @property
    def left(self) -> float:
        """What is still missing, in `unit`."""
        return max(self.missing - sum(part.quantity for part in self.mended), 0.0)


class ReviewRecord(Record):
    """What `planner review` found."""

    title: str = Field(description="Title from Settings, else the name of the input.")
    marking: str = Field(description="Handling caveat from Settings.")
    currency: str = Field(description="Of all amounts of money.")
    input: InputFile = Field(description="The workbook with the actuals.")
    run: str = Field(description="Run folder of the plan, as an absolute path.")
    run_sha256: Sha256 = Field(description="Checksum of its run.json.")
    first: str = Field(description="First period reviewed.")
    last: str = Field(description="Last period reviewed.")
    periods: Annotated[int, Unit("periods"), Field(ge=1)] = Field(description="How many.")
    not_reported: tuple[str, ...] = Field(
        description="Kinds of reports that are missing, with the periods: not compared."
    )
    register_added: Count | None = Field(
        default=None, description="With `--store`: rows added to the register in the run store."
    )
    register_seal: Sha256 | None = Field(
        default=None, description="With `--store`: hash of the register's last row; it signs all rows before."
    )
    breaches: tuple[Breach, ...] = Field(
        description="All breaches: of this review, and with `--store` the whole register."
    )
    versions: Versions = Field(description="Everything that computed.")
