"""What lies at nodes when a response begins, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from planner.verify.contingency.arrays.recipients import Recipients
from planner.verify.contingency.arrays.response import Responses
from planner.verify.contingency.arrays.start import FIXED, Flow, begin_stock, on_the_way
from planner.verify.contingency.balance import leaving
from planner.verify.table_form import check_same
from planner.verify.tables import together
from planner.verify.verification import Codes, Findings, Floats, number

COLUMNS = ("at_begin", "under_way", "lost", "used", "left")


def check_draws(answers: Responses, recipients: Recipients, findings: Findings) -> None:
    """Of what the plan leaves at a node: at_begin + under_way = lost + used + left.

    `lost` is at least what the plan's stock and arrivals lose as they come; `used` at most what goes out of the node
    for those whom the goods are for, and at least what goes out beyond what the response itself brings or makes there.
    """
    arrays, table = answers.arrays, answers.tables.draws
    nations = [arrays.case.nodes[node].nation or "" if node in arrays.case.nodes else "" for node in table["node"]]
    check_same("draws", table, "nation", np.array([*nations, ""], dtype=object)[:-1], findings)
    shape = (answers.count, len(arrays.nodes), len(arrays.items))
    lies, under_way = at_begin(answers, recipients), _sum(shape, on_the_way(answers, recipients, whole=True))
    left = sum(_sum(shape, flow(answers, recipients)) for flow in (begin_stock, on_the_way))
    stated = {column: np.zeros(shape) for column in COLUMNS}
    node = np.array([arrays.node_code.get(str(name), -1) for name in table["node"]], dtype=np.intp)
    item = np.array([arrays.item_code.get(str(name), -1) for name in table["item"]], dtype=np.intp)
    known = (node >= 0) & (item >= 0)
    if not known.all():
        findings.fault("names", "draws: the input has no such node or item")
    where = table["case"].to_numpy(dtype=np.intp)[known], node[known], item[known]
    for column, units in stated.items():
        units[where] = table[column].to_numpy(dtype=np.float64)[known]
    came, out, brought = lies + under_way, _out(answers, shape), _brought(answers, shape)
    for words, residual in (
        ("at_begin", np.abs(stated["at_begin"] - lies)),
        ("under_way", np.abs(stated["under_way"] - under_way)),
        ("lost + used + left", np.abs(came - stated["lost"] - stated["used"] - stated["left"])),
        ("lost, too little,", came - left - stated["lost"]),
        ("used, too much,", stated["used"] - _drawn_at_most(answers, recipients, shape)),
        ("used, too little,", np.minimum(out - brought, left) - stated["used"]),
    ):

        def say(flat: int, words: str = words, residual: Floats = residual) -> str:
            case, node, item = (int(place) for place in np.unravel_index(flat, shape))
            what = f"{arrays.items[item]!r} at {arrays.nodes[node]!r} in the response to {answers.cases.words(case)}"
            return f"draws: {what}: {words} is off by {number(residual[case, node, item])}"

        findings.check("draws", residual.ravel(), np.maximum(came, out).ravel(), say)


def _drawn_at_most(answers: Responses, recipients: Recipients, shape: tuple[int, int, int]) -> Floats:
    """What goes out for each recipient, of what the plan leaves for it, and of what may become anyone's."""
    place = ["case", "node", "item"]
    there = [*begin_stock(answers, recipients), *on_the_way(answers, recipients)]
    sides = {"out": leaving(answers, recipients), "own": (flow for flow in there if flow.kind == FIXED)}
    frames = []
    for side, flows in sides.items():
        columns = ("case", "node", "item", "label", "units")
        parts = [pd.DataFrame({name: getattr(flow, name) for name in columns}) for flow in flows]
        sums = together(parts) if parts else pd.DataFrame(columns=columns, dtype=float)
        frames.append(sums.groupby([*place, "label"])["units"].sum().rename(side))
    both = pd.concat(frames, axis=1).fillna(0.0)
    both["own"] = both[["out", "own"]].min(axis=1)
    by_place = both.groupby(level=place).sum()
    at = tuple(by_place.index.get_level_values(name).to_numpy(dtype=np.intp) for name in place)
    own, more = np.zeros(shape), np.zeros(shape)
    own[at] = by_place["own"].to_numpy(dtype=np.float64)
    more[at] = (by_place["out"] - by_place["own"]).to_numpy(dtype=np.float64)
    most: Floats = own + np.minimum(more, _sum(shape, (flow for flow in there if flow.kind != FIXED)))
    return most


def at_begin(answers: Responses, recipients: Recipients, label: int | None = None) -> Floats:
    """The plan's stock when a response begins, by case, node and item, before any of it is lost.

    With a `label`: what is for that recipient, or may become so.
    """
    shape = (answers.count, len(answers.arrays.nodes), len(answers.arrays.items))
    flows = begin_stock(answers, recipients, whole=True)
    return _sum(shape, flows if label is None else (_for(flow, label) for flow in flows))


def _for(flow: Flow, label: int) -> Flow:
    """Without what is fixed to other recipients."""
    units = np.where(flow.label == label, flow.units, 0.0) if flow.kind == FIXED else flow.units
    return Flow(flow.kind, flow.case, flow.node, flow.item, flow.label, flow.h, units)


def _sum(shape: tuple[int, int, int], flows: Iterator[Flow]) -> Floats:
    sums = np.zeros(shape)
    for flow in flows:
        np.add.at(sums, (flow.case, flow.node, flow.item), flow.units)
    return sums


def _columns(answers: Responses, table: str, *names: str) -> tuple[list[Codes], Floats]:
    frame = getattr(answers.tables, table)
    return [frame[name].to_numpy(dtype=np.intp) for name in names], frame["quantity"].to_numpy(dtype=np.float64)


def _out(answers: Responses, shape: tuple[int, int, int]) -> Floats:
    """Units that leave a node, are delivered at it or made into something there, in all of a response."""
    sums, arrays = np.zeros(shape), answers.arrays
    (case, leg, item), units = _columns(answers, "moves", "case", "leg", "item")
    np.add.at(sums, (case, arrays.leg_origin[leg], item), units)
    (need,), units = _columns(answers, "deliveries", "need")
    np.add.at(sums, (answers.need_case[need], answers.need_node[need], answers.need_item[need]), units)
    (case, line), units = _columns(answers, "making", "case", "line")
    for row in arrays.bill.itertuples(index=False):
        used = line == int(row.line)  # type: ignore[arg-type]
        started = units[used] / answers.yields[int(row.line)]  # type: ignore[arg-type]
        np.add.at(sums, (case[used], arrays.line_factory[line[used]], int(row.item)), started * float(row.use))  # type: ignore[arg-type]
    return sums


def _brought(answers: Responses, shape: tuple[int, int, int]) -> Floats:
    """Units that the response itself brings to a node, or makes there."""
    sums, arrays = np.zeros(shape), answers.arrays
    (case, leg, item), units = _columns(answers, "moves", "case", "leg", "item")
    np.add.at(sums, (case, arrays.leg_destination[leg], item), units)
    (case, line), units = _columns(answers, "making", "case", "line")
    if len(line):
        np.add.at(sums, (case, arrays.line_factory[line], arrays.line_item[line]), units)
    return sums
