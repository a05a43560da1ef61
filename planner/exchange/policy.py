"""What a nation may see of the others: a stated policy, in TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.errors import Fault, InputError
from planner.workbook.names.names import either, suggestion
from planner.workbook.reading.periods import show
from planner.workbook.reading.table import normalise
from planner.workbook.schema import BY_NAME
from planner.workbook.write.results import RESULT_TABLES

DEFAULT = Path(__file__).with_name("default-policy.toml")
LEVELS = ("own", "all", "aggregate", "withhold")
FEWEST = 3  # nations in a sum; a policy may ask for more, never for fewer

# Tables whose rows can be summed by item and period: the column of the period.
SUMMED_INPUT: Mapping[str, str] = {"Demand": "period", "Stocks": "period"}
SUMMED_PLAN: Mapping[str, str] = {
    "production": "period",
    "stocks": "period",
    "deliveries": "period",
    "shortfalls": "due",
    "scrap": "period",
}
# Tables of a plan whose rows do not say whose they are unless they are one nation's.
OWN_ONLY = frozenset(
    {"prices", "targets", "expiry", "recipients", "cases", "response_moves", "response_expiry", "reach"}
)


@dataclass(frozen=True)
class Policy:
    """`input` and `plan`: level by table; tables that are not named are `own`."""

    name: str
    notes: bool = False
    other_end: str = "nation"
    least_nations: int = FEWEST
    input: Mapping[str, str] = field(default_factory=dict)
    plan: Mapping[str, str] = field(default_factory=dict)

    def of_input(self, table: str) -> str:
        """How much is told of a table of the input."""
        return self.input.get(table, "own")

    def of_plan(self, table: str) -> str:
        """How much is told of a table of the plan."""
        return self.plan.get(table, "own")


def read_policy(path: Path | None = None) -> Policy:
    """The policy in a file, or the one that ships with the program. Raises InputError, which lists every fault."""
    path = path or DEFAULT
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError([Fault(path.name, "there is no such file; expected a policy in TOML")]) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError([Fault(path.name, f"is no policy in TOML ({error})")]) from None
    reader = _Reader(path.name, said)
    policy = reader.policy()
    if reader.faults:
        raise InputError(reader.faults)
    return policy


class _Reader:
    def __init__(self, name: str, said: Mapping[str, Any]) -> None:
        self._name, self._said = name, said
        self.faults: list[Fault] = []

    def policy(self) -> Policy:
        known = ("notes", "other_end", "least_nations", "input", "plan")
        for key in self._said:
            if key not in known:
                self._fail(key, f"is no part of a policy{suggestion(key, known)}")
        return Policy(
            self._name,
            self._one_of("notes", ("withhold", "own")) == "own",
            self._one_of("other_end", ("nation", "abroad")),
            self._least(),
            self._levels("input", BY_NAME, SUMMED_INPUT, ()),
            self._levels("plan", RESULT_TABLES, SUMMED_PLAN, OWN_ONLY),
        )

    def _one_of(self, key: str, choices: tuple[str, ...]) -> str:
        value = self._said.get(key, choices[0])
        if value not in choices:
            self._fail(key, f"found {show(value)}, expected {either(choices)}")
            return choices[0]
        return str(value)

    def _least(self) -> int:
        value = self._said.get("least_nations", FEWEST)
        if not isinstance(value, int) or isinstance(value, bool) or value < FEWEST:
            self._fail("least_nations", f"found {show(value)}, expected a whole number of at least {FEWEST}")
            return FEWEST
        return value

    def _levels(
        self, part: str, tables: Iterable[str], summed: Iterable[str], own_only: Iterable[str]
    ) -> Mapping[str, str]:
        said = self._said.get(part, {})
        if not isinstance(said, Mapping):
            self._fail(part, "expected a section with a level for each table")
            return {}
        by_name = {normalise(table): table for table in tables}
        levels = {}
        for name, level in said.items():
            table, key = by_name.get(normalise(name)), f"{part}.{name}"
            if table is None:
                self._fail(key, f"is no table{suggestion(name, by_name.values())}")
            elif level not in LEVELS:
                self._fail(key, f"found {show(level)}, expected {either(LEVELS)}")
            elif level == "aggregate" and table not in summed:
                self._fail(key, f"cannot be summed by item and period; these can: {', '.join(summed)}")
            elif level in ("all", "aggregate") and table in own_only:
                self._fail(key, f"found {show(level)}, expected own or withhold")
            else:
                levels[table] = level
        return levels

    def _fail(self, key: str, message: str) -> None:
        self.faults.append(Fault(f"{self._name} {key}", message))
