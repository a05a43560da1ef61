"""Names: which exist, which set each belongs to, and which valid one is nearest to a mistyped one."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence

MOST_HINTS = 60  # searches for a near name; each costs time that grows with the number of names
MOST_LISTED = 6

SET_TITLES = {
    "nation": ("nation", "Nations"),
    "nation_group": ("nation group", "Nations"),
    "item": ("item", "Items"),
    "category": ("category", "Items"),
    "node": ("node", "Nodes"),
    "route": ("route", "Routes"),
    "line": ("line", "Lines"),
    "resource": ("resource", "Resources"),
    "expansion": ("expansion", "Expansions"),
    "commitment": ("commitment", "Commitments"),
    "fund": ("fund", "Funds"),
    "contingency": ("contingency", "Contingencies"),
    "demand": ("demand", "Demand"),
    "policy": ("policy", "Policies"),
    "currency": ("currency", "Currencies"),
    "event": ("event", "Events"),
}


def either(words: Sequence[str]) -> str:
    """`a, b or c`."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def few(names: Iterable[str]) -> str:
    """`a, b, c`, cut short where there are many."""
    listed = list(names)
    return ", ".join(listed[:MOST_LISTED]) + (" …" if len(listed) > MOST_LISTED else "")


def with_article(noun: str) -> str:
    """`a noun` or `an item`."""
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, case aside; None where none is like it."""
    by_fold: dict[str, str] = {}
    for candidate in known:
        by_fold.setdefault(candidate.casefold(), candidate)
    if name.casefold() in by_fold:
        return by_fold[name.casefold()]
    like = 0.5 if len(name) < 4 else 0.55  # one letter of two is near, three of six are not
    matches = difflib.get_close_matches(name.casefold(), by_fold, 1, like)
    return by_fold[matches[0]] if matches else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """`, did you mean 'x'?`, or the few names that there are, or nothing."""
    names = list(known)
    near = nearest(name, names)
    if near is not None:
        return f", did you mean {near!r}?{_alike(name, near)}"
    if 0 < len(names) <= MOST_LISTED:
        return "; known: " + ", ".join(names)
    return ""


def _alike(name: str, near: str) -> str:
    """What tells two names apart that look the same: letters of another alphabet, or an accent typed on its own."""
    if unicodedata.normalize("NFC", name) == unicodedata.normalize("NFC", near):
        return " (they look the same, but an accent is a character of its own in one of them)"
    if len(name) != len(near):
        return ""
    pairs = enumerate(zip(name, near, strict=True), start=1)
    other = [(place, one, two) for place, (one, two) in pairs if one.casefold() != two.casefold()]
    if not other or any(one.isascii() == two.isascii() for _, one, two in other):
        return ""
    place, *letters = other[0]
    found, meant = (unicodedata.name(letter, "") for letter in letters)
    if found.partition(" ")[0] == meant.partition(" ")[0]:
        return ""
    return f" (character {place} of what was found is {found or 'of no alphabet'})"


def _separated_by_commas(name: str, known: Iterable[str]) -> bool:
    """Is it a list of known names with commas between them?"""
    parts = [part.strip() for part in name.split(",")]
    return len(parts) > 1 and set(parts) <= set(known)


class NameSets:
    """The names of each set (nation, item, node …), in the order of the input.

    A set is `incomplete` where a name in it could not be read: what seems unknown may be that name, so it is not
    reported a second time.
    """

    def __init__(self) -> None:
        self.members: dict[str, dict[str, None]] = {kind: {} for kind in SET_TITLES}
        self.incomplete: set[str] = set()
        self._titles: dict[str, dict[str, str]] = {kind: {} for kind in SET_TITLES}
        self._hints: dict[tuple[str, tuple[str, ...]], str] = {}

    def add(self, kind: str, names: Iterable[str]) -> None:
        """Add names of a kind, such as `node`."""
        self.members[kind].update(dict.fromkeys(names))

    def entitle(self, kind: str, titles: Iterable[tuple[str, str]]) -> None:
        """Note (title, name): rows of Nations, Items and others have a code and a full name; tables name the code."""
        for title, name in titles:
            self._titles[kind].setdefault(title.casefold(), name)

    def knows(self, name: str, kinds: Iterable[str]) -> bool:
        """Is it a name of one of these kinds?"""
        return any(name in self.members[kind] for kind in kinds)

    def certain(self, kinds: Iterable[str]) -> bool:
        """Are all names of these sets known?"""
        return not self.incomplete.intersection(kinds)

    def _named(self, title: str, kinds: Iterable[str]) -> str | None:
        """The name of what has this title; None where nothing of these kinds has."""
        found = (self._titles[kind].get(title.casefold()) for kind in kinds)
        return next((name for name in found if name is not None), None)

    def describe_unknown(self, name: str, kinds: tuple[str, ...]) -> str:
        """What was found, what was expected, and the nearest valid name."""
        key = (name, kinds)
        if key not in self._hints:
            known = [member for kind in kinds for member in self.members[kind]]
            tables = " or ".join(dict.fromkeys(SET_TITLES[kind][1] for kind in kinds))
            expected = f"expected {with_article(either([SET_TITLES[kind][0] for kind in kinds]))} of {tables}"
            if _separated_by_commas(name, known):
                hint = "; the names of a list are separated by ;"
            elif meant := self._named(name, kinds):
                hint = f", did you mean {meant!r} ({name})?"
            else:
                hint = "" if len(self._hints) >= MOST_HINTS else suggestion(name, known)
            if not known:
                hint = f" (there is none in {tables})"
            self._hints[key] = f"found {name!r}, {expected}{hint}"
        return self._hints[key]
