"""What stands in the result tables of a run folder, for the reference page: unit and meaning of each column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A CSV file in `tables/`; `columns` maps a column to (unit, meaning)."""

    help: str
    columns: Mapping[str, tuple[str, str]]


_ITEM = ("", "item")
_PERIOD = ("1…P", "period")
_UNITS = "units of the item"

_CASE = {"contingency": ("", "contingency"), "strike": ("1…P", "period in which it strikes")}
_NEED = {
    "kind": ("surge, demand", "surge, or standing demand of the plan"),
    "demand": ("", "the demand, or the row of Surge"),
    "destination": ("", "node of delivery"),
    "item": _ITEM,
}
_RECIPIENT = (
    "nation, (reserve), (any)",
    "whom the goods are for; blank: nodes without nation; (any): goods of the item are not distinguished",
)
_BY_CLASS = {
    "flow": ("", "production, shipment, stock, delivery, consumption or scrap"),
    "object": ("", "its line, route, node or demand"),
    "origin": ("", "node a shipment leaves"),
    "destination": ("", "node a shipment goes to, or of delivery"),
    "item": _ITEM,
    "recipient": _RECIPIENT,
    "due": ("1…P", "period a demand was due"),
    "period": _PERIOD,
    "expires": ("1…P, or later", "last period in which the goods may be used; blank: they do not expire"),
    "quantity": (_UNITS, "units"),
}

RESULT_TABLES: Mapping[str, ResultTable] = {
    "production": ResultTable(
        "What is made, or bought at a market.",
        {
            "line": ("", "line"),
            "factory": ("", "node where the line stands"),
            "nation": ("", "nation of the factory"),
            "item": _ITEM,
            "period": ("1…P", "period of completion"),
            "quantity": (_UNITS, "good units completed"),
            "cost": ("currency", "good units × unit cost, undiscounted"),
        },
    ),
    "shipments": ResultTable(
        "What moves.",
        {
            "route": ("", "route"),
            "origin": ("", "node it leaves"),
            "destination": ("", "node it goes to"),
            "mode": ("", "mode of transport"),
            "item": _ITEM,
            "period": ("1…P", "period of dispatch"),
            "arrives": ("1…P", "period of arrival"),
            "quantity": (_UNITS, "units dispatched"),
            "tonnes": ("t", "units × weight"),
            "cost": ("currency", "transport cost, undiscounted"),
        },
    ),
    "stocks": ResultTable(
        "What lies where at the end of a period.",
        {
            "node": ("", "node"),
            "item": _ITEM,
            "period": _PERIOD,
            "quantity": (_UNITS, "stock at the end of the period"),
        },
    ),
    "deliveries": ResultTable(
        "What is delivered, on time or late.",
        {
            "demand": ("", "demand (the periods of a wide row differ by `due`)"),
            "commitment": ("", "commitment it belongs to"),
            "destination": ("", "node of delivery"),
            "item": _ITEM,
            "due": ("1…P", "period it was due"),
            "period": ("1…P", "period of delivery"),
            "quantity": (_UNITS, "units delivered"),
        },
    ),
    "shortfalls": ResultTable(
        "What is never delivered.",
        {
            "demand": ("", "demand"),
            "commitment": ("", "commitment it belongs to"),
            "destination": ("", "node of delivery"),
            "item": _ITEM,
            "due": ("1…P", "period it was due"),
            "quantity": (_UNITS, "units not delivered by the end of the demand's window"),
        },
    ),
    "targets": ResultTable(
        "Stock targets, period by period.",
        {
            "target": ("", "target"),
            "period": _PERIOD,
            "wanted": (_UNITS, "stock wanted"),
            "held": (_UNITS, "stock held at its nodes"),
            "below": (_UNITS, "what is missing"),
            "item": ("", "item of a target by days of supply; blank where all items count together"),
        },
    ),
    "scrap": ResultTable(
        "What expires or is written off.",
        {
            "node": ("", "node"),
            "item": _ITEM,
            "period": _PERIOD,
            "quantity": (_UNITS, "units scrapped"),
            "cost": ("currency", "units × scrap cost, undiscounted"),
        },
    ),
    "investments": ResultTable(
        "Capacity that is bought.",
        {
            "expansion": ("", "expansion"),
            "object": ("", "line, resource, node or route that it widens"),
            "period": ("1…P", "period of purchase"),
            "ready": ("1…P", "first period of use"),
            "quantity": ("units of capacity", "capacity bought"),
            "cost": ("currency", "cost, undiscounted"),
        },
    ),
    "payments": ResultTable(
        "Who pays for what.",
        {
            "fund": ("", "fund"),
            "contributor": ("", "nation or institution whose money it is"),
            "cost_type": ("", "procurement, capacity, transport, storage, works or training"),
            "object": ("", "line, expansion, route or node that is paid for"),
            "nation": ("", "nation of that object; blank for a route"),
            "year": ("", "fiscal year in which the fund counts it, named by the calendar year in which it begins"),
            "amount": ("currency", "money paid, undiscounted"),
            "cash_year": ("", "fiscal year in which the cost falls: later, where the fund counts commitments"),
        },
    ),
    "allocations": ResultTable(
        "For which nations the units are that a fund pays under rules of eligibility with beneficiaries.",
        {
            "fund": ("", "fund"),
            "line": ("", "line that is paid for"),
            "item": _ITEM,
            "nation": ("", "beneficiary"),
            "quantity": (_UNITS, "units paid (payment ÷ unit cost) for that nation"),
        },
    ),
    "prices": ResultTable(
        "What one more of a scarce thing, a task or a stock changes at each level, and one less, where all levels are "
        "optimised again in order. A row where either is not 0.",
        {
            "family": ("", "family of rules (see the model below); `material_balance`: goods that lie there"),
            "object": ("", "what the rule is about"),
            "item": ("", "item, where the rule is about one"),
            "period": ("1…P", "period, where the rule is about one; of money the last that it counts from"),
            "level": ("", "objective level by its name; `weighted` is the weighted objective"),
            "price": (
                "see `unit`",
                "by how much that level improves per further unit; of a task (demand, target, least rate) by how much "
                "it gets worse. Blank: no plan can do one more",
            ),
            "unit": ("", "unit of the price"),
            "one_less": (
                "see `unit`",
                "by how much that level gets worse per unit less; of a task by how much it improves. Blank: no plan is "
                "left with one less",
            ),
            "range_more": ("the limit's", "how many more `price` holds for, at least; blank: however many"),
            "range_less": ("the limit's", "how many less `one_less` holds for, at least; blank: however many"),
            "unique": ("yes, no", "are `price` and `one_less` the same?"),
            "exact": ("yes, no", "no: a bound, by duals. One more gains at most, one less costs at least this"),
            "confirmed": (
                "yes, no",
                "did a re-solve with more and with less find the same? tried for the six that weigh most",
            ),
            "together_with": ("", "what else must increase, if one more alone gains nothing"),
            "together": ("see `unit`", "by how much that level improves per further unit together with those"),
        },
    ),
    "cases": ResultTable(
        "What the plan prepares an answer for: each contingency at each of its strikes.",
        {
            **_CASE,
            "begins": ("1…P", "first period of the response"),
            "ends": ("1…P", "last period of the response"),
            "weight": ("", "probability ÷ number of strikes; of one that must hold, 1 ÷ number"),
            "need": ("currency", "value × units of its need, surge and standing demand"),
            "uncovered": ("currency x priority", "value × priority × units of the need that are not delivered"),
            "coverage": ("share", "share of the need, in value, that is delivered"),
            "promised": ("share", "share of the need of each surge item that is promised"),
            "lack": ("currency", "value × units by which the promise is missed, over its surge items"),
            "cost": ("currency", "what the response costs, undiscounted"),
        },
    ),
    "responses": ResultTable(
        "What a response delivers.",
        {
            **_CASE,
            **_NEED,
            "due": ("1…P", "period it is due"),
            "period": ("1…P", "period of delivery"),
            "quantity": (_UNITS, "units delivered"),
        },
    ),
    "response_moves": ResultTable(
        "What a response dispatches over which route.",
        {
            **_CASE,
            "route": ("", "route"),
            "origin": ("", "node it leaves"),
            "destination": ("", "node it goes to"),
            "mode": ("", "mode of the route"),
            "item": _ITEM,
            "recipient": _RECIPIENT,
            "period": ("1…P", "period of dispatch"),
            "arrives": ("1…P", "period of arrival"),
            "quantity": (_UNITS, "units dispatched"),
            "tonnes": ("t", "units × weight"),
            "cost": ("currency", "transport cost, undiscounted"),
        },
    ),
    "response_making": ResultTable(
        "What a response completes.",
        {
            **_CASE,
            "line": ("", "line"),
            "factory": ("", "node where the line stands"),
            "nation": ("", "nation of that node"),
            "item": _ITEM,
            "recipient": _RECIPIENT,
            "period": ("1…P", "period of completion"),
            "quantity": (_UNITS, "good units completed"),
            "ordered": (
                "before, in the response",
                "when it was ordered: what was ordered before costs the response nothing",
            ),
            "cost": ("currency", "units of own orders × unit cost, undiscounted"),
        },
    ),
    "response_stocks": ResultTable(
        "What lies where at the end of a period of a response.",
        {
            **_CASE,
            "node": ("", "node"),
            "item": _ITEM,
            "recipient": _RECIPIENT,
            "period": _PERIOD,
            "quantity": (_UNITS, "stock at the end of the period"),
        },
    ),
    "coverage": ResultTable(
        "How much of the need is covered, period by period after the strike.",
        {
            **_CASE,
            "kind": ("surge, demand", "surge, or standing demand of the plan"),
            "destination": ("", "node of delivery"),
            "item": _ITEM,
            "domain": ("", "domain of the item"),
            "after": ("periods", "periods from the strike; negative: in the warning"),
            "wanted": (_UNITS, "units that fall due then"),
            "covered": (_UNITS, "units delivered then"),
            "wanted_so_far": (_UNITS, "units that fell due up to then"),
            "covered_so_far": (_UNITS, "units delivered up to then"),
        },
    ),
    "uncovered": ResultTable(
        "What a response does not deliver.",
        {
            **_CASE,
            **_NEED,
            "due": ("1…P", "period it is due"),
            "quantity": (_UNITS, "units of the need that are not delivered"),
        },
    ),
    "draws": ResultTable(
        "What each response draws from which node.",
        {
            **_CASE,
            "node": ("", "node"),
            "nation": ("", "nation of the node"),
            "item": _ITEM,
            "at_begin": (_UNITS, "stock of the plan when the response begins"),
            "under_way": (_UNITS, "units that arrive from before: dispatched, or on order"),
            "lost": (_UNITS, "units of these that disruptions take"),
            "used": (_UNITS, "units of these that leave the node, are delivered at it or made into something there"),
            "left": (_UNITS, "units that are neither lost nor used"),
            "worth": (
                "currency x priority",
                "by how much less the case would lose per unit more there when the response begins, of the first part "
                "of a unit (weighted objective: in currency)",
            ),
        },
    ),
    "access_value": ResultTable(
        "What the depots of each nation are worth: a level of the objective where responses may not use them, as it "
        "is, and where they give to everybody. Filled if it was computed (`--worth`).",
        {
            "nation": ("", "nation with depots"),
            "level": ("coverage, contingency, weighted", "level of the objective"),
            "closed": (
                "as the level",
                "the level if no response could use what lies at its nodes, is under way to them or on order for "
                "them, the plan solved again, which dispatches no more from them than the plan; blank: what must be "
                "covered then cannot be",
            ),
            "now": ("as the level", "the level of the plan"),
            "open": ("as the level", "the level if its nodes were open to all responses, with the plan solved again"),
        },
    ),
    "reach": ResultTable(
        "The fastest way to each destination from the nodes where goods lie when a response begins.",
        {
            **_CASE,
            "destination": ("", "node of delivery"),
            "item": _ITEM,
            "node": ("", "node where the plan has stock for the recipient, or reserve, when the response begins"),
            "days": ("days", "days in transit on the fastest way that is open in the case and to the recipient"),
            "quantity": (_UNITS, "this stock"),
        },
    ),
    "response_expiry": ResultTable(
        "Perishable items only: the tables of responses once more, by the last period of use.", {**_CASE, **_BY_CLASS}
    ),
    "recipients": ResultTable(
        "Only items that the plan distinguishes by recipient: the same tables by recipient; flow `entry`: for whom "
        "goods of Stocks are when they enter.",
        dict(_BY_CLASS),
    ),
    "nations": ResultTable(
        "What each nation gives and gets, by fiscal year.",
        {
            "nation": ("", "nation, or a contributor that is none"),
            "year": ("", "fiscal year"),
            "contributed": ("currency", "payments of its money"),
            "produced": ("currency", "production cost and capacity bought there"),
            "received": ("currency", "value of deliveries at its nodes"),
            "balance": ("currency", "produced − contributed"),
        },
    ),
    "ledger": ResultTable(
        "Who pays and who produces, by programme and fiscal year. Without limited money: what is produced, "
        "under no fund.",
        {
            "nation": ("", "nation, or a contributor that is none"),
            "fund": ("", "fund; blank where money is only counted"),
            "year": ("", "fiscal year in which the fund counts the payment"),
            "contributed": ("currency", "what it pays into the payments of the fund"),
            "produced": ("currency", "what the fund pays for production and capacity in the nation"),
            "balance": ("currency", "produced − contributed"),
        },
    ),
    "burden_sharing": ResultTable(
        "Each nation's part in the burden and in the work; only where money is paid.",
        {
            "nation": ("", "nation, or a contributor that is none"),
            "year": ("", "fiscal year; blank: the whole horizon"),
            "contributed": ("currency", "payments of its money"),
            "part": ("share", "contributed ÷ all that is paid"),
            "share_due": ("share", "its key ÷ all keys"),
            "share_paid": ("share", "contributed ÷ what all nations with a key contribute"),
            "difference": ("share", "share_paid − share_due"),
            "over": ("currency", "contributed beyond the share that is due (negative: below it)"),
            "produced": ("currency", "production cost and capacity bought there"),
            "work_share": ("ratio", "produced ÷ contributed"),
            "work_goal": ("currency", "work_share_min × contributed"),
            "work_balance": ("currency", "produced − work_goal"),
        },
    ),
    "attribution": ResultTable(
        "What holds back each thing that is lacking: a row for each limit on its way. The shares of a lack add up to "
        "1, the amounts of an aim to what it lacks. Only where exact prices are worked out.",
        {
            "level": ("", "objective level that counts it"),
            "kind": ("", "demand, target, promise, surge, standing (demand that a contingency leaves standing), past"),
            "name": ("", "demand, target or contingency"),
            "commitment": ("", "of the demand"),
            "strike": ("1…P", "period in which the contingency strikes"),
            "destination": ("", "where it is short"),
            "item": _ITEM,
            "due": ("1…P", "period in which it is due"),
            "quantity": (_UNITS, "units short"),
            "weight": ("level per unit", "what one unit more would improve the level by"),
            "taken_by": ("", "level before this one that the way serves; blank: none"),
            "group": (
                "",
                "money, production, transport, storage, partners; goods, task, rule, cost, no way, closed, for others, aims",
            ),
            "family": ("", "kind of the limit; as group where it is none"),
            "object": ("", "line, resource, route, node, fund, consent, policy …"),
            "of_item": ("", "item that the limit is about"),
            "first": ("1…P", "first period in which it is full on the way"),
            "last": ("1…P", "last such period"),
            "nation": ("", "whose limit it is; blank: no single owner"),
            "fund": ("", "fund whose money it is"),
            "contributors": ("", "who pays into it"),
            "share": ("share", "of the shortage; the mean over the optimal duals tried"),
            "least": ("share", "the least share at any of these; 0: more of it alone may gain nothing"),
            "most": ("share", "the largest share at any of these"),
            "tried": ("yes, no", "were the duals tried at which it is worth least, and most?"),
            "amount": ("level", "quantity × weight × share"),
            "cells": ("", "where the limit is typed; without one, the cell of the demand"),
        },
    ),
    "expiry": ResultTable(
        "Perishable items only: the tables above once more, by the last period of use.",
        {
            "flow": ("", "production, shipment, stock, delivery, consumption or scrap"),
            "object": ("", "its line, route, node or demand"),
            "origin": ("", "node a shipment leaves"),
            "destination": ("", "node a shipment goes to, or of delivery"),
            "item": _ITEM,
            "due": ("1…P", "period a demand was due"),
            "period": _PERIOD,
            "expires": ("1…P, or later", "last period in which the goods may be used"),
            "quantity": (_UNITS, "units"),
        },
    ),
}
