"""Which setting a change means: `discount_rate` as the column, or `value` where `key=discount_rate`."""

from __future__ import annotations

from planner.options.changes.amounts import RefusedChangeError
from planner.options.changes.conditions import Condition, read_conditions, value_test
from planner.options.changes.option import CellChange
from planner.workbook.names.names import suggestion
from planner.workbook.reading.cells import CellError
from planner.workbook.reading.periods import PeriodReader
from planner.workbook.reading.settings import SettingValues, read_start
from planner.workbook.reading.table import normalise
from planner.workbook.schema import SETTINGS, Column

_BY_NAME = {normalise(column.name): column for column in SETTINGS}


def setting_meant(change: CellChange, settings: SettingValues) -> Column:
    """The setting that a change of the Settings table means. Raises RefusedChangeError where it means none."""
    conditions = read_conditions(change.where, change.schema)
    keys = [condition for condition in conditions if condition.column.name == "key"]
    meant = [_named(condition.text) for condition in keys]
    column = _BY_NAME.get(normalise(change.column))
    if column is None and normalise(change.column) == "key":
        raise RefusedChangeError("column", "the names of settings cannot be changed; expected a setting or value")
    if column is None and not meant:
        raise RefusedChangeError("where", "does not say which setting; expected key=… or the setting as the column")
    settings_meant = {one.name: one for one in [*meant, *([column] if column else [])]}
    if len(settings_meant) > 1:
        raise RefusedChangeError("where", f"means several settings ({', '.join(settings_meant)}); expected one")
    for condition in conditions:
        if condition not in keys and not _holds(condition, settings):
            raise RefusedChangeError("where", f"{condition.column.name} is not {condition.text!r} in Settings")
    return next(iter(settings_meant.values()))


def _named(text: str) -> Column:
    column = _BY_NAME.get(normalise(text))
    if column is None:
        names = [known.name for known in SETTINGS]
        raise RefusedChangeError("where", f"no setting is called {text!r}{suggestion(text, names)}")
    return column


def _holds(condition: Condition, settings: SettingValues) -> bool:
    value = settings.values.get(condition.column.name)
    if condition.column.name == "value":
        raise RefusedChangeError("where", "value=… does not say which setting; expected its name, as in currency=EUR")
    if not condition.text:
        return condition.column.name not in settings.rows
    if condition.column.name == "start":
        return read_start(condition.text) == value
    try:
        return value_test(condition, PeriodReader(None))(value)
    except CellError as error:
        raise RefusedChangeError("where", str(error)) from error
