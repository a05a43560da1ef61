"""Runs that were opened, kept in memory: the last few, as reading one takes longer than showing it."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, cast

import pandas as pd
from markupsafe import Markup

from planner.desk.inputs import places_of
from planner.domain.instance import PlanningInstance
from planner.errors import PlannerError
from planner.exchange.plan_views import plan_view
from planner.exchange.policy import DisclosurePolicy
from planner.exchange.views import Reader, known_nations, seen_codes, territory_of
from planner.records.run import RunRecord
from planner.report.data.report_data import ReportData, read_report_data
from planner.report.pages.report import section
from planner.run.folder import scratch_folder
from planner.run.recorded.load import SavedRun, load_run
from planner.run.recorded.reopened import plan_of
from planner.store.store import Run, RunStore
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.reading.reader import read_tables

MOST_OPEN = 6  # runs kept in memory
MOST_SEEN = 40  # views of nations
MOST_INPUTS = 1000  # whose nations are remembered
MOST_KEPT = 40  # pictures of a run under filters
_UNREAD = object()
T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class OpenRun:
    """A run of the store with all that its folder and its input say.

    What takes long is read once, when it is asked for.

    One lock for what all pages need: `cached_property` has another, for all runs, and who holds one of the two may wait
    for the other. Sections and pictures have a lock each, taken before that one, so that who draws one keeps nobody
    from the others.
    """

    def __init__(self, run: Run, record: RunRecord, raw: RawInput | None, saved: SavedRun | None) -> None:
        self.run, self.record, self.raw, self.saved = run, record, raw, saved
        self._lock = threading.RLock()
        self._sections: dict[str, object] = {}
        self._kept: dict[str, object] = {}
        self._at_work: dict[str, threading.Lock] = {}
        self._instance: object = _UNREAD
        self._data: object = _UNREAD

    def section(self, name: str) -> Markup:
        """A section of the report of the whole plan, written once; empty without a plan."""
        return self._made(
            self._sections, f"section {name}", lambda: Markup("") if self.data is None else section(self.data, name)
        )

    def kept(self, key: str, make: Callable[[], T]) -> T:
        """What `make` makes of the run, made once for each key; of the last few keys."""
        return self._made(self._kept, key, make)

    def _made(self, cache: dict[str, object], key: str, make: Callable[[], T]) -> T:
        with self._lock:
            alone = self._at_work.setdefault(key, threading.Lock())
        try:
            with alone:
                value = cache.get(key, _UNREAD)
                if value is _UNREAD:
                    value = make()
                    self._keep(cache, key, value)
        finally:
            with self._lock:
                self._at_work.pop(key, None)
        return cast(T, value)

    def _keep(self, cache: dict[str, object], key: str, value: object) -> None:
        with self._lock:
            cache[key] = value
            while len(cache) > MOST_KEPT:
                cache.pop(next(iter(cache)))

    @property
    def instance(self) -> PlanningInstance | None:
        """The input as it was planned; None where it was not kept."""
        with self._lock:
            if self._instance is _UNREAD:
                self._instance = None if self.raw is None else interpret(self.raw).instance
            return cast("PlanningInstance | None", self._instance)

    @property
    def data(self) -> ReportData | None:
        """What the report shows; None where the plan's folder or input is gone."""
        with self._lock:
            if self._data is _UNREAD:
                instance = self.instance if self.saved is not None else None
                if self.saved is None or instance is None:
                    self._data = None
                else:
                    data = read_report_data(plan_of(self.saved, instance), self.record)
                    self._data = replace(data, commands=False)
            return cast("ReportData | None", self._data)

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The result tables; none without a plan."""
        return self.saved.tables if self.saved is not None else {}

    def seen_by(self, nation: str, policy: DisclosurePolicy) -> Mapping[str, pd.DataFrame]:
        """The tables of the nation's extract, as `planner extract` gives them;
        none where it has no part in the input.
        """
        if self.saved is None or self.raw is None or nation not in known_nations(self.raw):
            return {}
        view = plan_view(self.saved.tables, Reader(nation, territory_of(self.raw)), policy, read_tables(self.raw))
        others = {f"{name}_others": table for name, table in view.sums.items()}
        return {name: table for name, table in {**view.tables, **others}.items() if len(table)}

    def codes_seen_by(
        self, nation: str, policy: DisclosurePolicy, tables: Collection[str]
    ) -> dict[str, frozenset[str]]:
        """By table of the input, the codes whose rows are in the nation's extract: it gets their names."""
        if self.raw is None:
            return dict.fromkeys(tables, frozenset())
        reader = Reader(nation, territory_of(self.raw))
        return {table: seen_codes(self.raw, table, reader, policy) for table in tables}


@dataclass(frozen=True, slots=True)
class _Key:
    run_sha256: str
    nation: str


class Shelf:
    """The runs that are open. Each is read once, also where several ask for it at a time."""

    def __init__(self, store: RunStore, policy: DisclosurePolicy) -> None:
        self._store, self._policy = store, policy
        self._open: OrderedDict[str, OpenRun] = OrderedDict()
        self._seen: OrderedDict[_Key, Mapping[str, pd.DataFrame]] = OrderedDict()
        self._nations: dict[str, frozenset[str]] = {}
        self._busy: dict[object, threading.Lock] = {}
        self._lock = threading.Lock()

    def run(self, number: int) -> OpenRun:
        """The run of that number. Raises UsageError where there is none."""
        run = self._store.run(number)
        with self._alone(run.run_sha256):
            opened = self._open.get(run.run_sha256)
            if opened is None or (opened.saved is not None) != run.can_be_followed:
                opened = self._read(run)
            opened.run = run  # approvals, and the place of its folder
            self._keep(self._open, run.run_sha256, opened, MOST_OPEN)
        return opened

    def tables(self, opened: OpenRun, nation: str | None) -> Mapping[str, pd.DataFrame]:
        """The tables that may be seen: all (`nation` None), or a nation's extract."""
        if nation is None:
            return opened.tables
        key = _Key(opened.run.run_sha256, nation)
        with self._alone(key):
            tables = self._seen.get(key)
            if tables is None:
                tables = opened.seen_by(nation, self._policy)
            self._keep(self._seen, key, tables, MOST_SEEN)
        return tables

    def warm(self, runs: Sequence[Run]) -> None:
        """Read these runs before anybody asks for them; what cannot be read is left to who asks."""
        for run in runs:
            with contextlib.suppress(PlannerError, OSError):
                self.run(run.id).section("first_page")

    def nations(self, run: Run) -> frozenset[str]:
        """The nations of a run's input, as the store kept it; none where it did not."""
        nations = self._nations.get(run.input_sha256)
        if nations is None:
            with self._lock:
                self._nations = dict(list(self._nations.items())[-MOST_INPUTS:])
            nations = self._nations[run.input_sha256] = _nations_of(self._store, run)
        return nations

    def _alone(self, key: object) -> threading.Lock:
        with self._lock:
            return self._busy.setdefault(key, threading.Lock())

    def _keep(self, cache: OrderedDict[K, V], key: K, value: V, most: int) -> None:
        with self._lock:
            cache[key] = value
            cache.move_to_end(key)
            while len(cache) > most:
                gone, _ = cache.popitem(last=False)
                self._busy.pop(gone, None)

    def _read(self, run: Run) -> OpenRun:
        record = self._store.record_of(run.id)
        saved = load_run(run.folder) if run.can_be_followed else None
        return OpenRun(run, record, _input_of(self._store, run, record), saved)


def _input_of(store: RunStore, run: Run, record: RunRecord) -> RawInput | None:
    """The input where it still is as it was, else as the store kept it; None where it did not."""
    for path in places_of(run, record):
        if path.exists():
            raw = _raw(path)
            if raw is not None and raw.sha256 == run.input_sha256:
                return raw
    files = store.input_files(run.input_sha256)
    if files is None:
        return None
    with scratch_folder() as folder:
        for name, content in files.items():
            (folder / Path(name).name).write_bytes(content)
        return read_raw(folder)


def _nations_of(store: RunStore, run: Run) -> frozenset[str]:
    content = (store.input_files(run.input_sha256) or {}).get("Nations.csv")
    if content is None:
        return frozenset()
    with scratch_folder() as folder:
        (folder / "Nations.csv").write_bytes(content)
        return frozenset(known_nations(read_raw(folder)))


def _raw(path: Path) -> RawInput | None:
    try:
        return read_raw(path)
    except (PlannerError, OSError):
        return None
