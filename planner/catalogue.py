"""The catalogue of a planning model: its families of variables and constraints, levels and solver options."""

from __future__ import annotations

import difflib
import itertools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from planner.errors import UsageError
from planner.paths import models_folder

RESPONSE = "response_"  # begins the name of a family that responses have


@dataclass(frozen=True, slots=True)
class FamilyEntry:
    """A family of variables or constraints as the switchboard lists it; units are texts for people."""

    name: str
    title: str
    meaning: str
    indices: str = ""
    unit: str = ""
    dual: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class LevelEntry:
    """An objective level as the model file declares it."""

    name: str
    title: str
    unit: str
    enabled: bool = True
    counted: bool = True  # one of the contract's levels, which are numbered; others stand between them


@dataclass(frozen=True)
class Catalogue:
    """What a model file declares: families of columns (`variables`) and rows (`constraints`), `rules` without rows of
    their own, the levels in order, and options of the solver.
    """

    name: str
    title: str
    variables: Mapping[str, FamilyEntry]
    constraints: Mapping[str, FamilyEntry]
    rules: Mapping[str, FamilyEntry]
    levels: tuple[LevelEntry, ...]  # those in use, in order
    solver: Mapping[str, Any] = field(default_factory=dict)
    spare_levels: tuple[LevelEntry, ...] = ()  # known, but only variants that ask for them use them

    @property
    def level_numbers(self) -> dict[str, int]:
        """The contract's levels 1…7 in the order of this model; 0 for those that stand between them."""
        numbers = itertools.count(1)
        return {level.name: next(numbers) if level.counted else 0 for level in self.levels}

    def enabled(self, family: str) -> bool:
        """Does the model use a family of rows, or a rule? Raises KeyError for an unknown one."""
        return (self.constraints.get(family) or self.rules[family]).enabled

    @property
    def switched_off(self) -> tuple[FamilyEntry, ...]:
        """The families of rows and the rules that the model does not use."""
        return tuple(f for f in (*self.constraints.values(), *self.rules.values()) if not f.enabled)


def model_names() -> tuple[str, ...]:
    """The models that `--model` accepts."""
    return tuple(sorted(path.stem for path in models_folder().glob("*.toml")))


def load(name: str = "full") -> Catalogue:
    """The catalogue of model `name`.

    A variant `extends` another model and says what differs: `off` and `on` (families switched off and on), `levels`
    (order, by name), `before` (levels put in before others, by the name of the later one) and `solver` (options).
    Raises UsageError for an unknown name, family or level.
    """
    path = models_folder() / f"{name}.toml"
    if name not in model_names():
        nearest = difflib.get_close_matches(name, model_names(), 1)
        hint = f", did you mean {nearest[0]!r}?" if nearest else f"; known: {', '.join(model_names())}"
        raise UsageError(f"no model is called {name!r}{hint}")
    data = _declared(path)
    if "extends" in data:
        return _variant(name, data, load(data["extends"]))
    levels = [LevelEntry(**level) for level in data["levels"]]
    variables, constraints = _families(data["variables"]), _families(data["constraints"])
    return Catalogue(
        name=name,
        title=data["title"],
        variables=variables | _of_responses(variables, data["responses"]["variables"]),
        constraints=constraints | _of_responses(constraints, data["responses"]["constraints"]),
        rules=_families(data["rules"]),
        levels=tuple(level for level in levels if level.enabled),
        solver=dict(data.get("solver", {})),
        spare_levels=tuple(level for level in levels if not level.enabled),
    )


@cache
def _declared(path: Path) -> Mapping[str, Any]:
    """What the file of a model says; read once, as one command asks for it again and again."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _families(table: Mapping[str, Mapping[str, Any]]) -> dict[str, FamilyEntry]:
    return {name: FamilyEntry(name=name, **entry) for name, entry in table.items()}


def _of_responses(families: Mapping[str, FamilyEntry], names: Sequence[str]) -> dict[str, FamilyEntry]:
    """The same families once more, as the response to each case has them."""
    return {
        RESPONSE + name: replace(
            family,
            name=RESPONSE + name,
            title=f"{family.title}, in a response",
            meaning=f"in a response: {family.meaning}",
            indices=f"contingency, strike, {family.indices}",
            enabled=True,  # a response has what the plan's family has
        )
        for name, family in ((name, families[name]) for name in names)
    }


def _variant(name: str, data: Mapping[str, Any], base: Catalogue) -> Catalogue:
    off, on = set(data.get("off", ())), set(data.get("on", ()))
    unknown = (off | on) - set(base.constraints) - set(base.rules)
    levels = {level.name: level for level in (*base.levels, *base.spare_levels)}
    before: Mapping[str, str] = data.get("before", {})
    order = list(data.get("levels", [level.name for level in base.levels]))
    unknown |= {*order, *before, *before.values()} - set(levels)
    if unknown:
        raise UsageError(f"model {name!r} names what {base.name!r} does not have: {', '.join(sorted(unknown))}")
    for later, earlier in before.items():
        order.insert(order.index(later), earlier)

    def switch(families: Mapping[str, FamilyEntry]) -> dict[str, FamilyEntry]:
        return {
            key: replace(family, enabled=(family.enabled or key in on) and key not in off)
            for key, family in families.items()
        }

    return Catalogue(
        name=name,
        title=data["title"],
        variables=base.variables,
        constraints=switch(base.constraints),
        rules=switch(base.rules),
        levels=tuple(levels[level] for level in order),
        solver={**base.solver, **data.get("solver", {})},
        spare_levels=tuple(level for key, level in levels.items() if key not in order),
    )
