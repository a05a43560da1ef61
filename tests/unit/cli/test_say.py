"""What a terminal cannot show is written in plainer characters:
nothing fails, and no amount is broken by a question mark.
"""

from __future__ import annotations

import io
import sys

import pytest

from planner.cli.say import PLAINER, say, speak_plainly
from planner.numerals import numeral

SENTENCE = f"Łódź, kürzer: {numeral(-1_234_567.5, 9)} EUR × 2 · at most 12 … “as typed” – €5 → never"


def shown(monkeypatch: pytest.MonkeyPatch, encoding: str, text: str) -> str:
    """What a terminal of this encoding shows."""
    written = io.BytesIO()
    terminal = io.TextIOWrapper(written, encoding=encoding, newline="\n")
    monkeypatch.setattr(sys, "stdout", terminal)
    speak_plainly()
    say([text])
    terminal.flush()
    return written.getvalue().decode(encoding).rstrip("\n")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", SENTENCE),
        ("cp1252", "?ódz, kürzer: -1 234 567.5 EUR × 2 · at most 12 … “as typed” – €5 -> never"),
        ("cp850", "?ódz, kürzer: -1 234 567.5 EUR × 2 · at most 12 ... \"as typed\" - EUR5 -> never"),
    ],
)  # fmt: skip
def test_a_sentence_reads_well_in_any_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str, text: str) -> None:
    assert shown(monkeypatch, encoding, SENTENCE) == text


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp437", "cp850", "cp1250"])
def test_none_of_our_own_characters_becomes_a_question_mark(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    ours = "".join(PLAINER) + "…²³"
    assert "?" not in shown(monkeypatch, encoding, ours)
