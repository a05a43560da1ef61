"""Who produces and who pays, as sums over the columns of a plan."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from planner.domain.eligibility import payable
from planner.formulation.model import Model
from planner.solve.alternatives import Part
from planner.solve.ledger import WORK
from planner.solve.session import Vector

PRODUCERS, PAYERS = "producers", "payers"
NOWHERE = "no nation"


def producers(model: Model) -> list[Part]:
    """Value produced by nation: production cost of lines and capacity bought there, undiscounted."""
    position = model.position
    found: dict[str, Vector] = defaultdict(lambda: np.zeros(len(model.variables)))
    for key, entries in model.costs.items():
        if key.cost_type in WORK:
            nation = payable(model.instance, key.cost_type, key.object).nation or NOWHERE
            for entry in entries:
                found[nation][position[id(entry.variable)]] += entry.amount
    return [Part(PRODUCERS, name, costs) for name, costs in sorted(found.items())]


def payers(model: Model) -> list[Part]:
    """Payments by fund, over the horizon; none where money is not limited."""
    position = model.position
    found: dict[str, Vector] = defaultdict(lambda: np.zeros(len(model.variables)))
    for (fund, _span), terms in model.paid.items():
        for variable, factor in terms:
            found[fund][position[id(variable)]] += factor * model.money_unit
    return [Part(PAYERS, name, costs) for name, costs in found.items()]
