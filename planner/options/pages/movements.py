"""What an option changes in the plan, in few rows: by line, by route, and by fund, summed over the periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from planner.options.outcome import OptionOutcome
from planner.tolerances import SAME

COLUMNS = ("option", "kind", "object", "item", "unit", "before", "after", "change")


def movements(base: OptionOutcome, options: Sequence[OptionOutcome]) -> pd.DataFrame:
    """Rows (option, kind, object, item, unit, before, after, change), the largest first within option and kind.

    kind line: units made, the largest change of cost first; route: tonnes dispatched; fund: money paid by
    contributor (in `item`).
    """
    units: Mapping[str, str] = base.record.units
    currency = base.record.calendar.currency
    frames = []
    for option in options:
        made = _moved(base, option, "production", ["line", "item"], "quantity", "cost")
        frames.append(made.assign(kind="line", unit=made["item"].map(lambda item: units.get(item, ""))))
        frames.append(_moved(base, option, "shipments", ["route"], "tonnes").assign(kind="route", unit="t", item=""))
        frames.append(
            _moved(base, option, "payments", ["fund", "contributor"], "amount").assign(kind="fund", unit=currency)
        )
    shaped = [_shaped(frame) for frame in frames if len(frame)]
    return pd.concat(shaped, ignore_index=True) if shaped else pd.DataFrame([], columns=list(COLUMNS))


def _shaped(frame: pd.DataFrame) -> pd.DataFrame:
    named = frame.rename(columns={"line": "object", "route": "object", "fund": "object", "contributor": "item"})
    return named[list(COLUMNS)]


def _moved(
    base: OptionOutcome, option: OptionOutcome, table: str, keys: list[str], measure: str, weight: str | None = None
) -> pd.DataFrame:
    """Sums of `measure` by `keys` in both plans, where they differ; ordered by the change of `weight`."""
    weighed = weight or measure
    sums = [
        outcome.tables[table].fillna(dict.fromkeys(keys, "")).groupby(keys)[list({measure, weighed})].sum()
        for outcome in (base, option)
    ]
    before, after = (one.reindex(sums[0].index.union(sums[1].index), fill_value=0.0) for one in sums)
    moved = pd.DataFrame({"before": before[measure], "after": after[measure]})
    moved["change"] = moved["after"] - moved["before"]
    moved["size"] = (after[weighed] - before[weighed]).abs()
    largest = moved[["before", "after"]].abs().max(axis=1).clip(lower=1.0)
    moved = moved[moved["change"].abs() > SAME * largest]
    moved = moved.reset_index().sort_values(["size", *keys], ascending=[False, *[True] * len(keys)], kind="stable")
    return moved.assign(option=option.name)
