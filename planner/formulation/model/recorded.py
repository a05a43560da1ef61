"""A model without PuLP: the same columns and rows, kept as they come.

PuLP's objects are what a written LP and a second solver need; to solve again after a change they only cost time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from planner.catalogue import Catalogue
from planner.domain.instance import PlanningInstance
from planner.domain.reach import Reach
from planner.formulation.build import fill
from planner.formulation.model.model import Key, Model, Terms, Variable


class RecordedColumn:
    """A column; like PuLP's variables it is told from others by identity."""

    __slots__ = ()


class RecordedRow(NamedTuple):
    """A row, with the names of PuLP's constraints: expr − (−constant) sense 0."""

    expr: dict[Variable, float]
    sense: int
    constant: float


class RecordedModel(Model):
    """What `build` makes, but for the names and objects of PuLP."""

    def variable(self, family: str, key: Key, names: Sequence[str | int], binary: bool = False) -> Variable:  # noqa: ARG002
        column = RecordedColumn()
        self.variables.append(column)
        if binary:
            self.binaries.append(column)
        self.columns[family][key] = column
        return column

    def row(self, family: str, key: Key, terms: Terms, sense: int, bound: float, names: Sequence[str | int]) -> None:  # noqa: ARG002
        self.rows[family][key] = len(self.row_list)
        self.row_list.append(RecordedRow(dict(terms), sense, -float(bound)))


def record(instance: PlanningInstance, catalogue: Catalogue, prune: bool = True) -> RecordedModel:
    """The planning model of an instance, as `build` makes it."""
    model = RecordedModel(instance, catalogue, Reach(instance, prune, embargo=catalogue.enabled("forbid"), closed=True))
    fill(model)
    return model
