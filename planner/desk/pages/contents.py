"""The pages of a run: which there are, what each shows of the report, and which tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageOf:
    """A page of a run.

    `sections` of the report are about the whole plan, unless `follows` says that they heed the filter.
    """

    name: str
    title: str
    lead: str
    sections: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    follows: bool = False


PLAN = PageOf("plan", "Plan", "The answer, the worst places, and what would help.")
EVIDENCE = PageOf(
    "evidence", "Evidence", "What the plan was made from, how, and what says that it is right.", ("sources",)
)
PAGES = (
    PLAN,
    PageOf(
        "deliveries",
        "Deliveries",
        "What is wanted, what of it is delivered, and what is not.",
        ("service",),
        ("shortfalls", "deliveries"),
        follows=True,
    ),
    PageOf(
        "network",
        "Network",
        "What moves where, what is full, and what lies in stock.",
        ("network", "stocks"),
        ("shipments", "stocks", "targets", "scrap", "expiry", "recipients"),
    ),
    PageOf(
        "money",
        "Money",
        "Where money comes from, and what it pays for.",
        ("money",),
        ("payments", "investments", "allocations"),
    ),
    PageOf(
        "nation",
        "Nations",
        "Who pays, who produces, who receives, and what the rules of the partners came to.",
        ("nations", "rules"),
        ("nations", "ledger", "burden_sharing", "production"),
    ),
    PageOf(
        "guarantees",
        "Guarantees",
        "What is covered if the attack is renewed.",
        ("guarantees",),
        ("cases", "coverage", "uncovered", "draws", "reach", "access_value", "responses", "response_moves", "response_making",
         "response_stocks", "response_expiry"),
    ),
    PageOf(
        "limits",
        "What limits",
        "What limits the plan, and what more of it would gain.",
        ("binding",),
        ("attribution", "prices"),
    ),
    EVIDENCE,
)  # fmt: skip
BY_NAME = {page.name: page for page in PAGES}
# Where the rows behind a headline figure are: page, or page and table.
BEHIND = {
    "Delivered": "deliveries",
    "Delivered in time": "deliveries",
    "Binding commitments": "shortfalls",
    "Demands not met in full": "shortfalls",
    "Stock targets held": "targets",
    "Paid": "payments",
    "Cost": "production",
    "Invested in capacity": "investments",
    "Covered if attacked": "coverage",
    "Legs that are full": "network",
    "Points at the limit of their handling": "network",
}
