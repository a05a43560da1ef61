"""What changes from one plan to another, in few rows: by line, commitment, fund, investment and route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from planner.analysis.findings import FindingsTable, TableField
from planner.domain.instance import PlanningInstance
from planner.domain.titles import object_title
from planner.report.words.names import commitment_title
from planner.tolerances import SAME

COLUMNS = ("kind", "object", "label", "unit", "before", "after", "change")
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    table: str
    keys: tuple[str, ...]
    measure: str


KINDS = (
    _Kind("made by line", "production", ("line", "item"), "quantity"),
    _Kind("delivered", "deliveries", ("commitment", "item"), "quantity"),
    _Kind("paid by fund", "payments", ("fund",), "amount"),
    _Kind("capacity bought", "investments", ("expansion",), "quantity"),
    _Kind("moved on route", "shipments", ("route",), "tonnes"),
)


def movements(instance: PlanningInstance, before: Tables, after: Tables, most: int = 3) -> pd.DataFrame:
    """Rows (kind, object, label, unit, before, after, change): of each kind the `most` largest, by money or by
    quantity.

    What is made and delivered is weighed by the value of the item.
    """
    frames = [_moved(instance, kind, before[kind.table], after[kind.table], most) for kind in KINDS]
    frames = [frame for frame in frames if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame([], columns=list(COLUMNS))


def change_table(
    instance: PlanningInstance,
    steps: Sequence[tuple[str, Tables, Tables]],
    label: TableField,
    headings: tuple[str, str],
    title: str,
) -> FindingsTable:
    """The table `changes`: the movements of each step (its name, the tables before and after) below each other.

    `label` is the column that names the step, `headings` those of before and after.
    """
    frames = []
    for name, before, after in steps:
        moved = movements(instance, before, after)
        moved.insert(0, label.key, name)
        frames.append(moved)
    empty = pd.DataFrame([], columns=[label.key, *COLUMNS])
    frame = pd.concat(frames, ignore_index=True) if any(len(frame) for frame in frames) else empty
    fields = [
        label,
        TableField("kind", "What"),
        TableField("label", "Which"),
        TableField("unit", "Unit"),
        TableField("before", headings[0], "figure"),
        TableField("after", headings[1], "figure"),
        TableField("change", "Change", "figure"),
    ]
    return FindingsTable("changes", title, frame, fields)


def _moved(
    instance: PlanningInstance, kind: _Kind, before: pd.DataFrame, after: pd.DataFrame, most: int
) -> pd.DataFrame:
    one, other = (_summed(table, kind) for table in (before, after))
    index = one.index.union(other.index)
    both = pd.DataFrame({"before": one.reindex(index, fill_value=0.0), "after": other.reindex(index, fill_value=0.0)})
    both["change"] = both["after"] - both["before"]
    both = both[both["change"].abs() > SAME * both[["before", "after"]].abs().max(axis=1).clip(lower=1.0)].reset_index()
    items: Sequence[str] = both["item"].tolist() if "item" in kind.keys else [""] * len(both)
    both["size"] = both["change"].abs() * [instance.unit_values.get(item, 1.0) for item in items]
    both["kind"], both["unit"] = kind.name, [_unit(instance, kind, item) for item in items]
    rows = list(both[list(kind.keys)].itertuples(index=False))
    both["object"] = [" · ".join(code for code in row if code) for row in rows]
    both["label"] = [
        " · ".join(_title(instance, key, code) for key, code in zip(kind.keys, row, strict=True)) for row in rows
    ]
    return both.sort_values(["size", "object"], ascending=[False, True], kind="stable").head(most)[list(COLUMNS)]


def _title(instance: PlanningInstance, key: str, code: str) -> str:
    return commitment_title(instance, code) if key == "commitment" else object_title(instance, code)


def _summed(table: pd.DataFrame, kind: _Kind) -> pd.Series:
    keys = list(kind.keys)
    named = table[keys].astype(object).where(table[keys].notna(), "")
    return named.assign(amount=table[kind.measure]).groupby(keys)["amount"].sum().astype(float)


def _unit(instance: PlanningInstance, kind: _Kind, item: str) -> str:
    if item:
        return instance.items[item].unit
    return {"amount": instance.settings.currency, "tonnes": "t"}.get(kind.measure, "units of capacity")
