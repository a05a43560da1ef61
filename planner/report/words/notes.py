"""Sources and notes of the input, gathered: the same text on many rows is shown once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PLACED = re.compile(r"(?P<sheet>[^!:]{1,60}?)(?:\.csv)?[!:](?P<cell>[A-Z]{1,3}[0-9]{1,7}): (?P<text>.*)", re.S)


@dataclass(frozen=True, slots=True)
class Note:
    """`sheet` is empty for notes that stand on their own; `cells` counts where the text stands, from `first` on."""

    text: str
    sheet: str = ""
    first: str = ""
    cells: int = 1


def gather_notes(notes: Iterable[str]) -> list[Note]:
    """Notes in the order of the input, texts of one sheet that repeat only once."""
    counts: dict[tuple[str, str], tuple[str, int]] = {}
    for note in notes:
        placed = _PLACED.fullmatch(note)
        key = (placed["sheet"], placed["text"]) if placed else ("", note)
        first, cells = counts.get(key, (placed["cell"] if placed else "", 0))
        counts[key] = (first, cells + 1)
    return [Note(text, sheet, first, cells) for (sheet, text), (first, cells) in counts.items()]
