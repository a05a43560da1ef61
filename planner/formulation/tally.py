"""How large a model would be, without building it: the size before pruning that a run reports."""

from __future__ import annotations

from collections.abc import Sequence

from planner.catalogue import Catalogue
from planner.domain.instance import PlanningInstance
from planner.domain.reach import Reach
from planner.formulation.build import fill
from planner.formulation.model import Key, Model, Terms, Variable


class Tally(Model):
    """A model whose columns are numbers and whose rows are only counted."""

    def __init__(self, instance: PlanningInstance, catalogue: Catalogue, reach: Reach) -> None:
        super().__init__(instance, catalogue, reach)
        self.counts = {"rows": 0, "columns": 0, "nonzeros": 0}

    def variable(self, family: str, key: Key, names: Sequence[str | int], binary: bool = False) -> Variable:  # noqa: ARG002
        self.counts["columns"] += 1
        self.columns[family][key] = self.counts["columns"]
        return self.counts["columns"]

    def row(self, family: str, key: Key, terms: Terms, *_rest: object) -> None:
        self.rows[family][key] = self.counts["rows"]
        self.counts["rows"] += 1
        self.counts["nonzeros"] += len(terms)


def size(instance: PlanningInstance, catalogue: Catalogue, prune: bool) -> dict[str, int]:
    """Rows, columns and non-zeros of the model that `build` would make."""
    tally = Tally(instance, catalogue, Reach(instance, prune, embargo=catalogue.enabled("forbid")))
    fill(tally)
    return tally.counts
