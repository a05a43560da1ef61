"""The answers as tables: the same on the page and as sheets of plan.xlsx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from planner.domain.titles import title_of
from planner.report.guarantees.answers import Answers, CaseAnswer, amounts
from planner.report.pages.views import View, ViewColumn, coded
from planner.report.words.numbers import GOODS, listing
from planner.tolerances import NOISE

CASE_COLUMNS = (ViewColumn("Contingency"), ViewColumn("Strikes in"))
MOST_ENDS = 3  # destinations named in a cell
SHORT = 15  # rows on the page of a table that goes case by case


def guarantee_views(answers: Answers) -> tuple[View, ...]:
    """Those that have a row."""
    made = (
        *(cases(answers), items(answers), over_time(answers), depots(answers), idle(answers)),
        *(days_to_reach(answers), given_up(answers), stocks(answers)),
    )
    return tuple(view for view in made if view.rows)


def cases(answers: Answers) -> View:
    """A row for each case: when it strikes, its need, what is covered and promised, cost."""
    rows = [
        (
            case.title,
            case.strike,
            f"{case.begins} to {case.ends}",
            None if case.must_hold else case.weight,
            case.need,
            case.covered,
            case.promised,
            case.lack,
            case.cost,
            _waiting(answers, case),
        )
        for case in answers.cases
    ]
    return View(
        "cases",
        "Cases and how they are answered",
        "Each case is answered separately, from the stocks, orders and capacity of this plan. Covered and promised "
        "are shares of the need by value, the surge and the plan's own standing demand; the promise is counted for "
        "each item.",
        (
            *CASE_COLUMNS,
            ViewColumn("Answered in"),
            ViewColumn("Probability", "share", note="That it strikes then; none: it must hold"),
            ViewColumn("Needed", "money", of=GOODS),
            ViewColumn("Covered", "share"),
            ViewColumn("Promised", "share"),
            ViewColumn("Promise missed", "money", of=GOODS),
            ViewColumn("Cost of the response", "money"),
            ViewColumn(
                "Other goods wait", "money", note="What the plan delivers of other goods at that time", of=GOODS
            ),
        ),
        rows,
    )


def _waiting(answers: Answers, case: CaseAnswer) -> float | None:
    worth = answers.waiting(case)
    return worth if worth > 0 else None


_ITEM_COLUMNS = (
    ViewColumn("Contingency"),
    ViewColumn("Domain"),
    ViewColumn("Item"),
    ViewColumn("Strikes", "count"),
    ViewColumn("Wanted", "quantity"),
    ViewColumn("Covered", "quantity"),
    ViewColumn("Unit"),
    ViewColumn("Share", "share"),
    ViewColumn("Least", "share", note="Of the strikes"),
    ViewColumn("in", note="The strike that is least covered"),
)


def items(answers: Answers) -> View:
    """By contingency and item: wanted and covered in a mean over its strikes, and the worst of them."""
    key = ["contingency", "domain", "item"]
    table = answers.tables["coverage"].assign(domain=lambda rows: rows["domain"].fillna(""))
    by_strike = table.groupby([*key, "strike"], sort=False)[["wanted", "covered"]].sum().reset_index()
    rows = []
    for (contingency, domain, item), group in by_strike.groupby(key, sort=False):
        some = group[group["wanted"] > 0]
        least = some.assign(share=some["covered"] / some["wanted"]).sort_values("share", kind="stable").iloc[:1]
        wanted, covered = float(group["wanted"].sum()), float(group["covered"].sum())
        rows.append(
            (
                answers.title(str(contingency)),
                str(domain),
                answers.item_title(str(item)),
                len(group),
                wanted / len(group),
                covered / len(group),
                answers.instance.items[str(item)].unit,
                covered / wanted if wanted > 0 else None,
                float(least["share"].iloc[0]) if len(least) else None,
                answers.label(int(least["strike"].iloc[0])) if len(least) else "",
            )
        )
    return View(
        "coverage by item",
        "Wanted and covered, by item",
        "Over the whole response and all destinations, in a mean over the strikes of the contingency: the surge and "
        "the plan's own standing demand.",
        _ITEM_COLUMNS,
        rows,
        most=60,
    )


def over_time(answers: Answers) -> View:
    """By contingency, domain, item and period after the strike: what the curves show. In plan.xlsx alone."""
    key = ["contingency", "domain", "item"]
    table = answers.tables["coverage"].assign(domain=lambda rows: rows["domain"].fillna(""))
    rows: list[tuple[Any, ...]] = []
    for (contingency, domain, item), group in table.groupby(key, sort=False):
        names = (answers.title(str(contingency)), str(domain), answers.item_title(str(item)))
        unit = answers.instance.items[str(item)].unit
        for after, wanted, covered in zip(*answers.curve(group), strict=True):
            rows.append((*names, unit, after, wanted, covered))
    return View(
        "coverage over time",
        "Wanted and covered so far, by period after the strike",
        "In a mean over the strikes of the contingency; period 0 is that of the strike.",
        (
            ViewColumn("Contingency"),
            ViewColumn("Domain"),
            ViewColumn("Item"),
            ViewColumn("Unit"),
            ViewColumn("Periods after the strike", "count"),
            ViewColumn("Wanted so far", "quantity"),
            ViewColumn("Covered so far", "quantity"),
        ),
        rows,
        most=0,
    )


_DEPOT_COLUMNS = (
    ViewColumn("Place"),
    ViewColumn("Kind"),
    ViewColumn("Nation"),
    ViewColumn("May draw on it", note="Right of access; empty: everybody"),
    ViewColumn("At the beginning", "money", of=GOODS),
    ViewColumn("Under way", "money", note="To the place, from before the response", of=GOODS),
    ViewColumn("Lost", "money", of=GOODS),
    ViewColumn("Used", "money", of=GOODS),
    ViewColumn("Part", "share", note="Of all that is used"),
    ViewColumn("Left", "money", of=GOODS),
    ViewColumn("Lacking elsewhere", "money", note="Of what is left: what the same case lacks", of=GOODS),
)


def depots(answers: Answers) -> View:
    """By node, in value, in a mean over the cases: what lay there, what was used and left, and who may draw on it."""
    draws = answers.draws
    weights = answers.weighted(draws) * draws["value"]
    amounts = {name: draws[name] * weights for name in ("at_begin", "under_way", "lost", "used", "left", "idle")}
    sums = pd.DataFrame(amounts).groupby([draws["node"], draws["nation"]], sort=False).sum()
    total = float(sums["used"].sum())
    rows = [
        (
            coded(answers.instance.nodes, depot["node"]),
            answers.instance.nodes[depot["node"]].kind,
            answers.nation_title(depot["nation"]),
            _admitted(answers, depot["node"]),
            *(depot[name] for name in ("at_begin", "under_way", "lost", "used")),
            depot["used"] / total if total > 0 else None,
            depot["left"],
            depot["idle"],
        )
        for depot in sums.sort_values("used", ascending=False, kind="stable").reset_index().to_dict("records")
        if depot["at_begin"] + depot["under_way"] > 0
    ]
    mean = f" In a mean over all cases, {answers.weighting}." if answers.weighting else ""
    return View(
        "depots that answer",
        "Who supplies the response",
        "By value: what lies at each place when the response begins or comes to it from before; what the attack "
        "destroys of it, what is used, and what is left, and of that, goods of which the case lacks some "
        f"elsewhere.{mean}",
        _DEPOT_COLUMNS,
        rows,
    )


def _admitted(answers: Answers, node: str) -> str:
    return "; ".join(sorted(map(answers.nation_title, answers.instance.nodes[node].access)))


def idle(answers: Answers) -> View:
    """By contingency, node and item: what lies unused while a place lacks it,
    and whether that place may draw on the node.
    """
    draws = answers.draws
    return View(
        "left while lacking",
        "What lies unused while another place is short of it",
        "Goods that are left at a place when the response ends, though the same case lacks some of that item, in a "
        "mean over the strikes of which that is so: they could not come in time, or to no place that lacks them, for "
        "want of a way, of capacity or of the right to draw on them.",
        (
            ViewColumn("Contingency"),
            ViewColumn("Place"),
            ViewColumn("Nation"),
            ViewColumn("Item"),
            ViewColumn("Unit"),
            ViewColumn("Strikes", "count", note="At so many strikes that is so"),
            ViewColumn("Left there", "quantity"),
            ViewColumn("Lacking in the case", "quantity"),
            ViewColumn("Lacking at"),
            ViewColumn("Access", "flag", note="closed: no place that lacks the item may draw on this one"),
        ),
        list(_idle_rows(answers, draws[draws["idle"] > 0])),
        most=SHORT,
    )


def _idle_rows(answers: Answers, group: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Most of value first."""
    sizes = (group["idle"] * group["value"]).groupby([group[name] for name in ("contingency", "node", "item")]).sum()
    gaps = answers.tables["uncovered"]
    for (contingency, node, item), _ in amounts(sizes.sort_values(ascending=False, kind="stable")):
        mine = group[(group["contingency"] == contingency) & (group["node"] == node) & (group["item"] == item)]
        strikes = set(mine["strike"])
        short = gaps[(gaps["contingency"] == contingency) & (gaps["item"] == item) & gaps["strike"].isin(strikes)]
        is_open = any(answers.open_to(node, item, (contingency, int(strike))) for strike in strikes)
        yield (
            answers.title(contingency),
            coded(answers.instance.nodes, node),
            answers.nation_title(str(mine["nation"].iloc[0])),
            answers.item_title(item),
            answers.instance.items[item].unit,
            len(mine),
            float(mine["left"].mean()),
            float(mine["lacking"].mean()),
            listing([title_of(answers.instance.nodes, str(end)) for end in short["destination"].unique()], MOST_ENDS),
            "" if is_open else "closed",
        )


def days_to_reach(answers: Answers) -> View:
    """By contingency and destination: days of the fastest open way from where goods lie that are needed there."""
    table = answers.tables["reach"]
    near = table[table["quantity"] > NOISE]
    rows = []
    for (contingency, destination), group in near.groupby(["contingency", "destination"], sort=False):
        value = group["quantity"] * answers.worth(group["item"])
        by_days = group.sort_values("days", kind="stable")
        rows.append(
            (
                answers.title(str(contingency)),
                coded(answers.instance.nodes, str(destination)),
                float(by_days["days"].iloc[0]),
                title_of(answers.instance.nodes, str(by_days["node"].iloc[0])),
                float((group["days"] * value).sum() / value.sum()) if value.sum() > 0 else None,
                float(by_days["days"].iloc[-1]),
                title_of(answers.instance.nodes, str(by_days["node"].iloc[-1])),
            )
        )
    return View(
        "days to reach",
        "Days to reach each destination",
        "On the fastest way that is open in the case and to the recipient, from the places where goods lie that are "
        "needed there; over all strikes. A route without days counts as many as its lead time. The mean is by value "
        "of these goods.",
        (
            ViewColumn("Contingency"),
            ViewColumn("Destination"),
            ViewColumn("Least", "quantity", "days"),
            ViewColumn("from the nearest"),
            ViewColumn("Mean", "quantity", "days"),
            ViewColumn("Most", "quantity", "days"),
            ViewColumn("from the farthest"),
        ),
        rows,
    )


def given_up(answers: Answers) -> View:
    """By case and item: what the plan would have delivered in the time of the response, and what of it is given up."""
    table = answers.given_up
    some = table[table["given_up"] > NOISE * table["planned"].clip(lower=1.0)]
    some = some.assign(size=some["given_up"] * answers.worth(some["item"]))
    rows = [
        (
            answers.title(row["contingency"]),
            answers.label(int(row["strike"])),
            answers.item_title(row["item"]),
            answers.instance.items[row["item"]].unit,
            row["planned"],
            row["kept"],
            row["given_up"],
            row["size"],
        )
        for row in some.sort_values("size", ascending=False, kind="stable").to_dict("records")
    ]
    return View(
        "given up",
        "Planned deliveries given up for the response",
        "Of the goods of the surge: what the plan delivers in the periods of the response when nothing happens, and "
        "what of the same demands the response serves in their stead, at most as much. What was due before the "
        "response begins waits.",
        (
            *CASE_COLUMNS,
            ViewColumn("Item"),
            ViewColumn("Unit"),
            ViewColumn("Planned", "quantity"),
            ViewColumn("Still delivered", "quantity"),
            ViewColumn("Given up", "quantity"),
            ViewColumn("Value", "money", of=GOODS),
        ),
        rows,
        most=SHORT,
    )


def stocks(answers: Answers) -> View:
    """A row for each case, node and item of table draws: units at the beginning, under way, lost, used and left."""
    rows = [
        (
            answers.title(row["contingency"]),
            answers.label(int(row["strike"])),
            coded(answers.instance.nodes, row["node"]),
            answers.nation_title(row["nation"]),
            answers.item_title(row["item"]),
            answers.instance.items[row["item"]].unit,
            *(row[name] for name in ("at_begin", "under_way", "lost", "used", "left")),
        )
        for row in answers.draws.to_dict("records")
    ]
    return View(
        "stocks that answer",
        "Stocks, case by case",
        "What lies at each place when the response begins and what is under way to it; what the attack destroys of "
        "it, what is used, and what is left.",
        (
            *CASE_COLUMNS,
            ViewColumn("Place"),
            ViewColumn("Nation"),
            ViewColumn("Item"),
            ViewColumn("Unit"),
            *(ViewColumn(name, "quantity") for name in ("At the beginning", "Under way", "Lost", "Used", "Left")),
        ),
        rows,
        most=SHORT,
    )
