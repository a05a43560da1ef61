"""What lies at nodes when a response begins, and what becomes of it."""

from __future__ import annotations

import numpy as np

from planner.verify.contingency.recipients import Recipients
from planner.verify.contingency.response import Responses
from planner.verify.table_form import check_same
from planner.verify.verification import Findings, number


def check_draws(answers: Responses, recipients: Recipients, findings: Findings) -> None:
    """at_begin + under_way = lost + used + left, of each item at each node; before any of it is lost."""
    books, table = answers.books, answers.tables.draws
    del recipients
    nations = [books.case.nodes[node].nation or "" if node in books.case.nodes else "" for node in table["node"]]
    check_same("draws", table, "nation", np.array([*nations, ""], dtype=object)[:-1], findings)
    came = (table["at_begin"] + table["under_way"]).to_numpy(dtype=float)
    went = (table["lost"] + table["used"] + table["left"]).to_numpy(dtype=float)

    def say(row: int) -> str:
        each = table.iloc[row]
        what = f"{each['item']!r} at {each['node']!r} in the response to {answers.cases.words(int(each['case']))}"
        return f"draws: {what}: {number(came[row])} come, {number(went[row])} are lost, used or left"

    findings.check("draws", np.abs(came - went), np.maximum(came, went), say)
