"""What `planner review` says at the end."""

from __future__ import annotations

from planner.cli.lines.text import columns
from planner.report.words.numbers import plural
from planner.review.breaches import amount_words
from planner.review.page import NAMES, what_words, whose_words
from planner.review.pipeline import Review

MOST = 20  # breaches listed in the terminal


def review_lines(reviewed: Review) -> list[str]:
    """Which breaches stand, whose they are, what would mend them, and where to read."""
    record = reviewed.record
    standing = [one for one in reviewed.breaches if one.state in ("open", "lost")]
    span = record.first if record.first == record.last else f"{record.first} to {record.last}"
    lines = [f"{record.title}, {span}: {plural(len(standing), 'breach', 'breaches')} not mended."]
    lines += columns(
        (
            NAMES[one.kind],
            what_words(one, reviewed.compared.instance),
            one.period,
            f"{amount_words(one.left, one, reviewed.compared.instance)} missing",
            one.state,
            "; ".join(whose_words(person, reviewed.compared.instance) for person in one.whose),
            one.remedy,
        )
        for one in standing[:MOST]
    )
    if len(standing) > MOST:
        lines.append(f"  … and {len(standing) - MOST} more in {reviewed.folder / 'review.xlsx'}")
    lines += [f"not reported: {gap}" for gap in record.not_reported]
    if record.register_added is not None:
        seal = f" Seal: {record.register_seal}" if record.register_seal else ""
        lines.append(f"Register: {plural(record.register_added, 'row')} added.{seal}")
    return [*lines, f"To read: {reviewed.folder / 'review.html'}"]
