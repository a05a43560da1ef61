"""What a case asks for: covered, late or uncovered; and how coverage grows with the periods after the strike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from planner.verify.contingency.arrays.response import Responses
from planner.verify.verification import Findings, Floats, number


def check_needs(answers: Responses, findings: Findings) -> None:
    """Needs of the cases: quantities, windows, and the table coverage."""
    _quantities(answers, findings)
    _windows(answers, findings)
    _coverage(answers, findings)


def _words(answers: Responses, code: int) -> str:
    need = answers.cases.needs[code]
    what = f"surge of {need.item!r}" if need.kind == "surge" else f"demand {need.demand!r}"
    due = answers.arrays.label(need.due)
    return f"{what} at {need.destination!r} due in {due} of the response to {answers.cases.words(need.case)}"


def _quantities(answers: Responses, findings: Findings) -> None:
    """Delivered + uncovered = quantity; under the weighted objective a blank shortage_cost leaves nothing uncovered."""
    needs = answers.cases.needs
    covered, uncovered = answers.delivered_by_need(), answers.uncovered_by_need()
    wanted = np.array([need.quantity for need in needs], dtype=np.float64)

    def say(code: int) -> str:
        amounts = f"{number(covered[code])} delivered and {number(uncovered[code])} uncovered"
        return f"{_words(answers, code)}: {amounts}, of {number(wanted[code])}"

    largest = np.maximum(wanted, np.maximum(covered, uncovered))
    findings.check("response_need", np.abs(covered + uncovered - wanted), largest, say)
    if answers.arrays.objective == "weighted":
        must = np.array([need.shortage_cost is None for need in needs], dtype=bool)
        size = np.where(must, uncovered, 0.0)
        findings.check("response_need", size, wanted, lambda code: f"{_words(answers, code)} must be covered")


def _windows(answers: Responses, findings: Findings) -> None:
    """Delivered in due … due + max_delay, at latest at the end, while the destination is open."""
    table = answers.tables.deliveries
    code, t, h = (table[name].to_numpy(dtype=np.intp) for name in ("need", "t", "h"))
    due = np.array([need.due for need in answers.cases.needs], dtype=np.intp)[code]
    last = np.array([need.last for need in answers.cases.needs], dtype=np.intp)[code]
    closed = ~answers.node_open[answers.need_case[code], answers.need_node[code], h]
    size = np.where((t < due) | (t > last) | closed, table["quantity"].to_numpy(dtype=float), 0.0)

    def say(row: int) -> str:
        when = f"{number(size[row])} delivered in {answers.arrays.label(t[row])}"
        return f"{_words(answers, int(code[row]))}: {when}, outside its window or where the destination is closed"

    findings.check("response_delivery", size, size, say)


CoverageKey = tuple[int, str, str, str]  # case, kind, destination, item
ByPeriod = dict[CoverageKey, dict[int, float]]  # units by period after the strike


def _wanted(answers: Responses, strike: Sequence[int]) -> ByPeriod:
    """What is wanted, by due period."""
    wanted: ByPeriod = defaultdict(lambda: defaultdict(float))
    for need in answers.cases.needs:
        wanted[need.case, need.kind, need.destination, need.item][need.due - strike[need.case]] += need.quantity
    return wanted


def _covered(answers: Responses, strike: Sequence[int]) -> ByPeriod:
    """What is delivered, by the period of delivery."""
    covered: ByPeriod = defaultdict(lambda: defaultdict(float))
    table = answers.tables.deliveries
    for code, t, quantity in zip(table["need"], table["t"], table["quantity"], strict=True):
        need = answers.cases.needs[int(code)]
        key = (need.case, need.kind, need.destination, need.item)
        covered[key][int(t) - strike[need.case]] += float(quantity)
    return covered


def _coverage(answers: Responses, findings: Findings) -> None:
    """The table of coverage: wanted by due period, covered by the period of delivery, and both so far."""
    strike = [each.period for each in answers.cases.strikes]
    wanted, covered = _wanted(answers, strike), _covered(answers, strike)
    stated = _stated_coverage(answers, findings)
    rows: list[tuple[CoverageKey, int]] = []
    right: list[Floats] = []
    stated_rows: list[list[float]] = []
    for key, by_due in wanted.items():
        first, last = (edge[key[0]] - strike[key[0]] for edge in (answers.cases.begin, answers.cases.end))
        so_far = np.zeros(2)
        for after in range(int(first), int(last) + 1):
            now = np.array([by_due.get(after, 0.0), covered[key].get(after, 0.0)])
            so_far = so_far + now
            coverage = stated.pop((*key, after), None)
            if coverage is not None:
                rows.append((key, after))
                right.append(np.concatenate([now, so_far]))
                stated_rows.append([coverage[column] for column in COVERAGE])
            elif now.any():
                findings.fault("coverage", f"coverage: {_key_words(answers, key, after)} has no row")
    expected, there = np.array(right).reshape(-1), np.array(stated_rows).reshape(-1)

    def say(flat: int) -> str:
        row, column = divmod(flat, len(COVERAGE))
        amounts = f"{COVERAGE[column]} is {number(there[flat])}, expected {number(expected[flat])}"
        return f"coverage: {_key_words(answers, *rows[row])}: {amounts}"

    findings.check("coverage", np.abs(expected - there), np.maximum(expected, there), say)
    for *stated_key, after in stated:
        words = _key_words(answers, (stated_key[0], stated_key[1], stated_key[2], stated_key[3]), after)  # type: ignore[arg-type]
        findings.fault("coverage", f"coverage: {words} is not asked for")


COVERAGE = ("wanted", "covered", "wanted_so_far", "covered_so_far")


def _stated_coverage(answers: Responses, findings: Findings) -> dict[tuple[int, str, str, str, int], dict[str, float]]:
    coverage_of = {}
    for row in answers.tables.coverage.to_dict("records"):
        key = (int(row["case"]), row["kind"], row["destination"], row["item"], int(row["after"]))
        coverage_of[key] = {column: float(row[column]) for column in COVERAGE}
        domain = answers.arrays.case.items[row["item"]].domain if row["item"] in answers.arrays.case.items else None
        if domain is not None and row["domain"] != domain:
            findings.fault("names", f"coverage: domain of {row['item']!r} is {row['domain']!r}, expected {domain!r}")
    return coverage_of


def _key_words(answers: Responses, key: CoverageKey, after: int) -> str:
    case, kind, destination, item = key
    return f"{kind} of {item!r} at {destination!r}, {after} after {answers.cases.words(case)}"
