"""All checks of contingencies, in order."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from planner.verify.contingency.access import check_access, check_response_access
from planner.verify.contingency.arrays.recipients import Recipients
from planner.verify.contingency.arrays.response import Responses
from planner.verify.contingency.arrays.tables import Cases, clean_responses
from planner.verify.contingency.balance import check_response_balance
from planner.verify.contingency.draws import check_draws
from planner.verify.contingency.levels import Levels
from planner.verify.contingency.limits import check_limits
from planner.verify.contingency.needs import check_needs
from planner.verify.contingency.reach import check_reach
from planner.verify.contingency.shelf_life import check_response_shelf_life
from planner.verify.plan_arrays import PlanArrays
from planner.verify.table_form import RESPONSE_TABLES
from planner.verify.verification import Findings


def check_contingencies(arrays: PlanArrays, tables: Mapping[str, pd.DataFrame], findings: Findings) -> Levels:
    """Access in the plan, and every case's response; what responses add to the objective."""
    recipients = Recipients(arrays)
    check_access(arrays, recipients, findings)
    cases = Cases(arrays)
    if not cases.strikes:
        for name in RESPONSE_TABLES:
            if len(tables.get(name, ())):
                findings.fault("cases", f"the input has no case, yet table {name} has rows")
        return Levels(arrays, None)
    answers = Responses(cases, clean_responses(cases, tables, findings))
    check_response_balance(answers, recipients, findings)
    check_limits(answers, findings)
    check_response_access(answers, recipients, findings)
    check_response_shelf_life(answers, findings)
    check_needs(answers, findings)
    check_draws(answers, recipients, findings)
    check_reach(answers, recipients, findings)
    levels = Levels(arrays, answers)
    levels.check(findings)
    return levels
