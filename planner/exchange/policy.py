"""What a nation may see of the others: a stated policy, in TOML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, create_model

from planner.exchange.extract_record import PolicyRecord
from planner.records.declaration import Declaration, declared, read_table
from planner.workbook.names.names import either
from planner.workbook.reading.table import normalise
from planner.workbook.schema import BY_NAME
from planner.workbook.write.results import RESULT_TABLES

DEFAULT = Path(__file__).with_name("default-policy.toml")
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
    {"attribution", "prices", "targets", "expiry", "recipients", "cases", "response_moves", "response_expiry", "reach"}
)


@dataclass(frozen=True)
class DisclosurePolicy:
    """`input` and `plan`: level by table; tables that are not named are `own`."""

    name: str
    notes: bool = False
    other_end: str = "nation"
    least_nations: int = FEWEST
    input: Mapping[str, str] = field(default_factory=dict)
    plan: Mapping[str, str] = field(default_factory=dict)

    def record(self) -> PolicyRecord:
        """What extract.json says of it."""
        return PolicyRecord.model_validate(
            {
                "notes": "own" if self.notes else "withhold",
                "other_end": self.other_end,
                "least_nations": self.least_nations,
                "input": self.input,
                "plan": self.plan,
            }
        )

    def of_input(self, table: str) -> str:
        """How much is disclosed of a table of the input."""
        return self.input.get(table, "own")

    def of_plan(self, table: str) -> str:
        """How much is disclosed of a table of the plan."""
        return self.plan.get(table, "own")


def _levels(kind: str, tables: Iterable[str], summed: Iterable[str], own_only: Iterable[str]) -> type[Declaration]:
    """A model with a key for each table: how much may be disclosed of it."""
    summed, own_only = tuple(summed), frozenset(own_only)

    def level(table: str) -> Any:
        if table in own_only:
            return Literal["own", "withhold"]
        if table in summed:
            return Literal["own", "all", "aggregate", "withhold"]
        sums = f"one of own, all, withhold (only {either(summed)} can be summed by item and period)"
        return Annotated[Literal["own", "all", "withhold"], WithJsonSchema({"type": "string", "expected": sums})]

    fields: dict[str, Any] = {table: (level(table), "own") for table in tables}
    return create_model(kind, __base__=Declaration, **fields)


InputLevels = _levels("InputLevels", BY_NAME, SUMMED_INPUT, ())
PlanLevels = _levels("PlanLevels", RESULT_TABLES, SUMMED_PLAN, OWN_ONLY)


class PolicyFile(Declaration):
    """The TOML file of a policy."""

    notes: Literal["withhold", "own"] = Field("withhold", description="Notes beside a nation's own rows.")
    other_end: Literal["nation", "abroad"] = Field("nation", description="The far end of a shipment.")
    least_nations: Annotated[int, Field(ge=FEWEST)] = Field(FEWEST, description="Other nations that must be in a sum.")
    input: InputLevels = Field(InputLevels(), description="Level by table of the input.")  # type: ignore[valid-type]
    plan: PlanLevels = Field(PlanLevels(), description="Level by table of the plan.")  # type: ignore[valid-type]


def read_policy(path: Path | None = None) -> DisclosurePolicy:
    """The policy in a file, or the one that ships with the program. Raises InputError, which lists every fault."""
    path = path or DEFAULT
    table = read_table(path, "policy")
    for part, tables in (("input", BY_NAME), ("plan", RESULT_TABLES)):
        if isinstance(table.get(part), dict):
            known = {normalise(name): name for name in tables}
            table[part] = {known.get(normalise(name), name): level for name, level in table[part].items()}
    file = declared(table, path, PolicyFile, "policy")
    stated = {
        part: {name: getattr(getattr(file, part), name) for name in table.get(part, {})} for part in ("input", "plan")
    }
    return DisclosurePolicy(
        path.name, file.notes == "own", file.other_end, file.least_nations, stated["input"], stated["plan"]
    )
