"""The keys of a TOML table, read one by one: what is wrong is named by key, with what was found and what was expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from planner.errors import Fault
from planner.shares import share_of
from planner.workbook.names.names import suggestion

Kind = TypeVar("Kind")


class Keys:
    """One table. Each method reads one key, its default where it is missing, and notes what is wrong in `faults`."""

    def __init__(self, table: Mapping[str, Any], where: str, file: str, base: Path, faults: list[Fault]) -> None:
        self._table, self._where, self._file, self._base, self._faults = table, where, file, base, faults
        self._known: set[str] = set()

    def __contains__(self, key: str) -> bool:
        self._known.add(key)
        return key in self._table

    def fault(self, key: str, message: str) -> None:
        """Note what is wrong with a key."""
        self._faults.append(Fault(f"{self._file}: {self._where}{key}", message))

    def finish(self) -> None:
        """Every key that was not asked for is unknown."""
        for key in self._table:
            if key not in self._known:
                self.fault(key, f"is no key of a schedule{suggestion(key, sorted(self._known))}")

    def table(self, key: str) -> Keys:
        """A table inside; empty where it is missing."""
        value = self._value(key, {}, lambda found: isinstance(found, dict), "a table")
        return Keys(value, f"{self._where}{key}.", self._file, self._base, self._faults)

    def text(self, key: str, default: Any = None, required: bool = False) -> Any:
        """A text that is not blank."""
        if required and key not in self:
            self.fault(key, "is missing; expected a text")
        return self._value(key, default, lambda found: isinstance(found, str) and bool(found.strip()), "a text")

    def choice(self, key: str, choices: Sequence[str], default: str) -> str:
        """One of `choices`."""
        found = self._value(key, default, lambda value: isinstance(value, str), f"one of {', '.join(choices)}")
        if found not in choices:
            self.fault(key, f"found {found!r}, expected one of {', '.join(choices)}{_near(found, choices)}")
            return default
        return str(found)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        return bool(self._value(key, default, lambda found: isinstance(found, bool), "true or false"))

    def whole(self, key: str, default: Any, least: int = 0, most: int | None = None) -> Any:
        """A whole number."""
        expected = f"a whole number from {least}" + (f" to {most}" if most is not None else " on")
        return self._value(
            key,
            default,
            lambda found: type(found) is int and found >= least and (most is None or found <= most),
            expected,
        )

    def number(self, key: str, least: float = 0.0) -> float | None:
        """A number of at least `least`; None where it is missing."""
        found = self._value(
            key, None, lambda value: _is_number(value) and value >= least, f"a number from {least:g} on"
        )
        return None if found is None else float(found)

    def share(self, key: str) -> float | None:
        """A share: 0.15 or "15%"."""
        found = self._value(key, None, lambda value: _as_share(value) is not None, 'a share such as 0.15 or "15%"')
        return None if found is None else _as_share(found)

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts."""
        found = self._value(
            key,
            list(default),
            lambda value: isinstance(value, list) and bool(value) and all(isinstance(v, str) and v for v in value),
            "a list of texts",
        )
        return tuple(found)

    def path(self, key: str, required: bool = False) -> Any:
        """A path, relative to the file's own folder."""
        found = self.text(key, None, required)
        return None if found is None else (self._base / found).resolve()

    def _value(self, key: str, default: Kind, fits: Callable[[Any], bool], expected: str) -> Any:
        if key not in self:
            return default
        found = self._table[key]
        if fits(found):
            return found
        self.fault(key, f"found {found!r}, expected {expected}")
        return default


def _near(found: str, choices: Sequence[str]) -> str:
    hint = suggestion(found, choices)
    return hint if hint.startswith(", did") else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value and abs(value) < 1e300


def _as_share(value: Any) -> float | None:
    if isinstance(value, str):
        return share_of(value) if value.strip().endswith("%") else None
    return share_of(str(value)) if _is_number(value) else None
