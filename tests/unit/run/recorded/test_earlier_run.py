"""A run folder of an earlier version is opened by whatever reads run folders.

`earlier` is what `planner solve partners.xlsx --remedies` left, and its input, before remedies said whether they come
by themselves, whether other goods stay as planned, and whether the cheapest alone was looked for. A field that joins a
record has a default that is true of the records without it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner import cli
from planner.desk.opened.shelf import Shelf
from planner.exchange.policy import read_policy
from planner.run.recorded.load import load_run
from planner.store.store import open_store

EARLIER = Path(__file__).parent / "earlier"


def test_what_it_does_not_say_is_what_was_true_then() -> None:
    (goal,) = load_run(EARLIER).record.remedies or ()
    assert (goal.others_stay, goal.cheapest_only, {remedy.comes for remedy in goal.remedies}) == (False, False, {None})


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("explain", "the capacity of West line   50\u00a0%"),
        ("verify", "largest violation 0"),
        ("diff", "The plans are the same."),
    ],
)
def test_commands_read_it(
    command: str, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(EARLIER)  # where the path of the input in run.json leads to it
    others = [str(EARLIER)] if command == "diff" else []
    assert cli.run([command, str(EARLIER), *others]) == 0
    assert says in capsys.readouterr().out


def test_the_desk_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EARLIER, tmp_path / "run")
    monkeypatch.chdir(tmp_path / "run")
    store = open_store(tmp_path / "runs.sqlite", create=True)
    opened = Shelf(store, read_policy()).run(store.record(tmp_path / "run").id)
    assert "Lines!E2" in opened.section("first_page")
