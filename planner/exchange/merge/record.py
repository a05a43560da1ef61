"""merge.json."""

from __future__ import annotations

from pydantic import Field

from planner.records.model import Count, Record, Sha256


class SourceRecord(Record):
    """A workbook that was merged."""

    stated_by: str = Field(description="Who speaks in it: a nation, or cell.")
    file: str = Field(description="As much of its path as distinguishes it from the others.")
    sha256: Sha256 = Field(description="Its checksum.")


class GapsRecord(Record):
    """How much nobody said."""

    silent: Count = Field(description="Nations that sent nothing.")
    placeholder: Count = Field(description="Rows in which the coordination cell stands in for a nation.")
    unclaimed: Count = Field(description="Nodes of which nobody says which nation holds them.")
    reference: Count = Field(description="Cells that name what nobody states.")


class MergeRecord(Record):
    """What `planner merge` put together; where it wrote a folder."""

    sources: tuple[SourceRecord, ...] = Field(description="The workbooks that were merged, in the order given.")
    rows: Count = Field(description="Rows of the merged tables.")
    conflicts_decided: Count = Field(description="Conflicts that a preference decided.")
    gaps: GapsRecord = Field(description="What nobody said; each is listed in #gaps.")
