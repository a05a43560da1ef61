"""How fast the desk answers many at once: `python -m tests.benchmarks.desk --runs 500 --readers 50 --planners 5`.

A server of its own on a store with copies of one run. Readers look at a page, think for two seconds, and look at
another; planners send the quickstart and have it planned, again and again. Told are the seconds that pages took, by
page, and what went wrong.

`--alone` measures instead the processor seconds of each page, asked by one reader in this process: other work on the
machine does not count.

`--open DIR` measures instead how many processor seconds it takes until a run folder shows its first page that was not
open yet.

`--slide WORKBOOK --option NAME` measures a budget that is slid: processor seconds of the plan, of one option of
`planner compare` (beyond its base), and, of the budget that this option scales, of the first three points, of the
bounds on the screen, and of the exact plan. `--periods` takes the first periods of a world of CSV files, with six
cases; `--run` its plan from a run folder, without plan and option.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

import httpx

from planner.analysis.budget.study import BudgetRows
from planner.desk.access.sessions import Sessions
from planner.desk.access.users import Role, Viewer
from planner.desk.app import desk_app
from planner.desk.desk import Desk
from planner.desk.jobs.sliding import BUDGET, CURVE, Slide, known_curve
from planner.desk.jobs.work import JobPlace, carry_out
from planner.desk.opened.shelf import Shelf
from planner.exchange.policy import read_policy
from planner.options.changes.option import read_options
from planner.options.pipeline import compare_workbook
from planner.run.pipeline import solve_workbook
from planner.store.jobs import DONE, Jobs
from planner.store.store import open_store
from planner.workbook.reading.raw import read_raw
from tests.benchmarks.analyses import CASES
from tests.benchmarks.cases import shortened, with_cases
from tests.places import INPUTS, ROOT

PAGES = (
    "/",
    "/runs/{run}",
    "/runs/{run}/deliveries",
    "/runs/{run}/network",
    "/runs/{run}/money",
    "/runs/{run}/tables/deliveries",
    "/api/runs",
)
THINKING = 2.0  # seconds
TIMES = 50  # that a page is asked for alone
RECENT = 5  # the newest runs, which readers look at


def main() -> None:
    """Read the command line, serve, ask, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--planners", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--alone", action="store_true", help="processor seconds of each page, for one reader")
    parser.add_argument("--open", type=Path, metavar="DIR")
    parser.add_argument("--slide", type=Path, metavar="WORKBOOK")
    parser.add_argument("--periods", type=int, help="only the first of a folder of CSV files")
    parser.add_argument("--run", type=Path, metavar="DIR", help="the run folder of the plan that is slid from")
    parser.add_argument("--option", help="scales the budget of one fund", metavar="NAME")
    asked = parser.parse_args()
    if asked.open is not None:
        _open(asked.open)
        return
    if asked.slide is not None:
        with tempfile.TemporaryDirectory() as folder:
            _slide(_first(asked.slide.resolve(), asked.periods, Path(folder)), asked.option, asked.run)
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _fill(home, asked.runs)
        if asked.alone:
            asyncio.run(_alone(home, asked.runs))
            return
        server, link = _serve(home)
        try:
            asyncio.run(_measure(link, asked))
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)


def _open(folder: Path) -> None:
    """Twice, as the first time modules are loaded too."""
    with tempfile.TemporaryDirectory() as home:
        store = open_store(Path(home) / "runs.sqlite", create=True)
        number = store.record(folder).id
        for which in ("first", "second"):
            began = time.process_time()
            Shelf(store, read_policy()).run(number).section("first_page")
            print(f"{which}: {time.process_time() - began:.2f} processor seconds")


def _first(source: Path, periods: int | None, folder: Path) -> Path:
    """The world, or its first periods."""
    if periods is None:
        return source
    with_cases(shortened(source, periods, folder / "first"), CASES, periods, folder / "world")
    return folder / "world"


def _slide(source: Path, option: str, base: Path | None) -> None:
    """The job of the curve and that of the plan are carried out here, as a worker does."""
    (change,) = read_options(read_raw(source))[option].changes
    fund, factor = str(change.where).removeprefix("fund="), float(change.value)
    with tempfile.TemporaryDirectory() as home:
        place = JobPlace(str(Path(home) / "runs.sqlite"), str(Path(home) / "desk"))
        store = open_store(place.store, create=True)
        jobs = Jobs(store.database)
        if base is None:
            base = Path(home) / "base"
            with _announced("the plan"):
                solve_workbook(source, base)
            with _announced("the plan and one option, compared"):
                compare_workbook(source, Path(home) / "options", [option])
        run = store.record(base)
        slide = Slide(run.id, run.run_sha256, BudgetRows(fund))
        wanted = {**slide.document(), "model": "full", "title": fund}
        for kind, more, words in ((CURVE, {}, "the first points"), (BUDGET, {"factor": factor}, "the exact plan")):
            job = jobs.add("me", kind, {**wanted, **more})
            with _announced(words):
                carry_out(place, job.id)
            if kind == CURVE:
                with _announced("bounds on the screen"):
                    curve, _ = known_curve(jobs, store, slide)
                    assert curve is not None
                    curve.bounds(factor)
        assert jobs.job(job.id).state == DONE, jobs.job(job.id).message


@contextmanager
def _announced(what: str) -> Iterator[None]:
    began = time.process_time()
    yield
    print(f"{what}: {time.process_time() - began:.3g} processor seconds", flush=True)


def _fill(home: Path, count: int) -> None:
    """A store with copies of one run, each with another start."""
    store = open_store(home / "runs.sqlite", create=True)
    solve_workbook(INPUTS / "quickstart.xlsx", home / "run-1")
    store.record(home / "run-1")
    text = (home / "run-1" / "run.json").read_text(encoding="utf-8")
    for number in range(2, count + 1):
        copy = home / f"run-{number}"
        shutil.copytree(home / "run-1", copy)
        started = f'"started": "20{10 + number // 365:02d}-01-01T00:{number // 60 % 60:02d}:{number % 60:02d}Z"'
        (copy / "run.json").write_text(re.sub(r'"started": "[^"]+"', started, text), encoding="utf-8")
        store.record(copy)


async def _alone(home: Path, runs: int) -> None:
    """The desk is called without a network between."""
    store, policy = open_store(home / "runs.sqlite"), read_policy()
    sessions = Sessions(None, Viewer("me", "Me", Role.approver))
    desk = Desk(store, sessions, policy, Shelf(store, policy), Jobs(store.database), home / "desk")
    transport = httpx.ASGITransport(app=desk_app(desk, frozenset({"127.0.0.1"})))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", follow_redirects=True) as client:
        await client.get(f"/enter?token={sessions.link}")
        for page in PAGES:
            address = page.format(run=runs)
            (await client.get(address)).raise_for_status()  # what is told is of pages that were opened before
            began = time.process_time()
            for _ in range(TIMES):
                (await client.get(address)).raise_for_status()
            print(f"{page}: {(time.process_time() - began) / TIMES:.4f} processor seconds")


def _serve(home: Path) -> tuple[subprocess.Popen[str], str]:
    command = [
        sys.executable,
        "-m",
        "planner",
        "desk",
        "--store",
        str(home / "runs.sqlite"),
        "-o",
        str(home / "desk"),
        "--port",
        "0",
    ]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    found = re.search(r"http://\S+", server.stdout.readline())
    assert found is not None
    return server, found.group()


async def _measure(link: str, asked: argparse.Namespace) -> None:
    took: dict[str, list[float]] = defaultdict(list)
    wrong: list[str] = []
    async with httpx.AsyncClient(base_url=link.split("/enter")[0], timeout=120, follow_redirects=True) as client:
        await client.get(link)
        for run in range(
            max(asked.runs - RECENT + 1, 1), asked.runs + 1
        ):  # what is told is of pages that were opened before
            for page in PAGES:
                (await client.get(page.format(run=run))).raise_for_status()
        until = time.monotonic() + asked.seconds
        readers = (_read(client, until, asked.runs, took, wrong, seed) for seed in range(asked.readers))
        planners = (_plan(client, until, wrong) for _ in range(asked.planners))
        made = sum(found for found in await asyncio.gather(*readers, *planners) if found)
    _say(took, wrong, made)


async def _read(
    client: httpx.AsyncClient, until: float, runs: int, took: dict[str, list[float]], wrong: list[str], seed: int
) -> int:
    rng = random.Random(seed)
    await asyncio.sleep(rng.uniform(0, THINKING))
    while time.monotonic() < until:
        page = rng.choice(PAGES)
        began = time.perf_counter()
        answer = await client.get(page.format(run=max(runs - rng.randrange(RECENT), 1)))
        took[page].append(time.perf_counter() - began)
        if answer.status_code != 200:
            wrong.append(f"{page}: {answer.status_code}")
        await asyncio.sleep(THINKING)
    return 0


async def _plan(client: httpx.AsyncClient, until: float, wrong: list[str]) -> int:
    """Send the workbook again as soon as it is planned;
    one person may have a few jobs at a time, so that is no fault.
    """
    content, made = (INPUTS / "quickstart.xlsx").read_bytes(), 0
    token = re.search(r'name="token" value="([^"]+)"', (await client.get("/input")).text)
    assert token is not None
    while time.monotonic() < until:
        files = {"workbook": ("quickstart.xlsx", content)}
        answer = await client.post("/input", data={"token": token.group(1), "plan": "yes"}, files=files)
        if answer.status_code == 200:
            made += 1
        elif answer.status_code != 429:
            wrong.append(f"/input: {answer.status_code}")
        await asyncio.sleep(THINKING)
    return made


def _say(took: dict[str, list[float]], wrong: list[str], made: int) -> None:
    whole = sorted(seconds for times in took.values() for seconds in times)
    print(
        f"{len(whole)} pages, 95 % of them within {quantiles(whole, n=20)[-1]:.3f} s, half within {whole[len(whole) // 2]:.3f} s"
    )
    for page, times in sorted(took.items()):
        print(f"  {page}: {len(times)}, the slowest {max(times):.3f} s")
    print(f"{made} jobs asked for; {len(wrong)} faults {sorted(set(wrong))}")


if __name__ == "__main__":
    main()
