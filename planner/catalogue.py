"""The catalogue of a planning model: its families of variables and constraints, levels and solver options."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.errors import UsageError
from planner.paths import models_folder


@dataclass(frozen=True, slots=True)
class Family:
    """One family of variables or constraints; units are texts for people."""

    name: str
    title: str
    meaning: str
    indices: str = ""
    unit: str = ""
    dual: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Level:
    name: str
    title: str
    unit: str


@dataclass(frozen=True)
class Catalogue:
    name: str
    title: str
    variables: Mapping[str, Family]
    constraints: Mapping[str, Family]
    rules: Mapping[str, Family]
    levels: tuple[Level, ...]
    solver: Mapping[str, Any] = field(default_factory=dict)

    def enabled(self, family: str) -> bool:
        return (self.constraints.get(family) or self.rules[family]).enabled

    @property
    def switched_off(self) -> tuple[Family, ...]:
        return tuple(f for f in (*self.constraints.values(), *self.rules.values()) if not f.enabled)


def model_names() -> tuple[str, ...]:
    """The models that `--model` accepts."""
    return tuple(sorted(path.stem for path in models_folder().glob("*.toml")))


def load(name: str = "full") -> Catalogue:
    """The catalogue of model `name`.

    A variant `extends` another model and says what differs: `off` (families switched off), `levels`
    (order, by name) and `solver` (options). Raises UsageError for an unknown name or family.
    """
    path = models_folder() / f"{name}.toml"
    if name not in model_names():
        nearest = difflib.get_close_matches(name, model_names(), 1)
        hint = f", did you mean {nearest[0]!r}?" if nearest else f"; known: {', '.join(model_names())}"
        raise UsageError(f"no model is called {name!r}{hint}")
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if "extends" in data:
        return _variant(name, data, load(data["extends"]))
    return Catalogue(
        name=name,
        title=data["title"],
        variables=_families(data["variables"]),
        constraints=_families(data["constraints"]),
        rules=_families(data["rules"]),
        levels=tuple(Level(**level) for level in data["levels"]),
        solver=data.get("solver", {}),
    )


def _families(table: Mapping[str, Mapping[str, Any]]) -> dict[str, Family]:
    return {name: Family(name=name, **entry) for name, entry in table.items()}


def _variant(name: str, data: Mapping[str, Any], base: Catalogue) -> Catalogue:
    off = set(data.get("off", ()))
    unknown = off - set(base.constraints) - set(base.rules)
    levels = {level.name: level for level in base.levels}
    order = data.get("levels", list(levels))
    unknown |= set(order) - set(levels)
    if unknown:
        raise UsageError(f"model {name!r} names what {base.name!r} does not have: {', '.join(sorted(unknown))}")

    def switch(families: Mapping[str, Family]) -> dict[str, Family]:
        return {
            key: Family(f.name, f.title, f.meaning, f.indices, f.unit, f.dual, f.enabled and key not in off)
            for key, f in families.items()
        }

    return Catalogue(
        name=name,
        title=data["title"],
        variables=base.variables,
        constraints=switch(base.constraints),
        rules=switch(base.rules),
        levels=tuple(levels[level] for level in order),
        solver={**base.solver, **data.get("solver", {})},
    )
