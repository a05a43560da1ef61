"""Runs kept in memory: read once, also where many ask for the same at a time, and never in each other's way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from planner.desk.opened import shelf as module
from planner.desk.opened.shelf import Shelf
from planner.exchange.policy import read_policy
from planner.store.store import open_store
from tests.moments import LONG


def test_many_who_ask_for_several_runs_at_once_all_get_them(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OPEN", 2)
    shelf = Shelf(open_store(runs), read_policy())

    def ask(number: int) -> bool:
        run = shelf.run(number % 3 + 1)
        asked = (lambda: run.data, lambda: run.section("money"), lambda: run.instance)
        return asked[number % len(asked)]() is not None

    with ThreadPoolExecutor(12) as pool:
        done, waiting = wait([pool.submit(ask, number) for number in range(48)], timeout=300)
    assert not waiting
    assert all(one.result() for one in done)


def test_a_run_is_read_once_and_again_when_its_folder_is_gone(runs: Path) -> None:
    shelf = Shelf(open_store(runs), read_policy())
    first = shelf.run(1)
    assert shelf.run(1) is first
    assert first.data is first.data
    assert shelf.nations(first.run) == {"NO", "EA", "WE", "CY"}


def test_who_draws_one_picture_keeps_nobody_from_the_others(runs: Path) -> None:
    opened = Shelf(open_store(runs), read_policy()).run(1)
    begun, heard, made = threading.Event(), threading.Event(), []

    def draw() -> str:
        made.append("slow")
        begun.set()
        assert heard.wait(LONG)
        return "drawn"

    with ThreadPoolExecutor() as pool:
        slow = [pool.submit(opened.kept, "map", draw) for _ in range(2)]
        assert begun.wait(LONG)
        others = [pool.submit(opened.kept, "titles", lambda: "at once"), pool.submit(opened.section, "money")]
        assert [str(other.result(LONG))[:7] for other in others] == ["at once", "<sectio"]
        heard.set()
        assert [one.result(LONG) for one in slow] == ["drawn", "drawn"]
    assert made == ["slow"], "it is drawn once, also where two ask for it"
