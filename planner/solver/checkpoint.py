"""Checkpoints: the levels that are proved, kept on disk so that a run whose process was killed need not prove them
again.

A checkpoint is taken between two levels where the next solve begins afresh, so what follows depends on nothing but the
bounds that the levels so far hold. An optimisation that begins at a checkpoint therefore ends at the same plan, to the
last byte, as one that was never stopped.

Checkpoints lie in a hidden folder beside the run folder, by a key of everything that the optimum depends on. They
outlive the process only if it is killed: they are removed when the run ends or is interrupted.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from planner import __version__
from planner.interrupts import on_leaving
from planner.solver.highs import Basis, HighsSession, SolveOutcome, Vector

FOLDER = ".planner-checkpoints"
_DAYS_KEPT = 7.0
_SEAL = hashlib.sha256().digest_size
_VECTORS = ("values", "reduced_costs", "row_duals")
_BASES = ("basis", "last_basis")
_NUMBERS = ("objective", "iterations", "seconds", "cost_factor")
_STATE = ("lazy_enforced", "interior_point", "race_pivots", "guessing")

_own: set[Path] = set()  # what this process has kept


def _clear() -> None:
    for path in list(_own):
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()  # where it is empty
        _own.discard(path)


on_leaving(_clear)


def removed_on_leaving(folder: Path) -> Path:
    """The same folder: it is removed when the block of `checkpoints_beside` ends, whatever ends it, and if the process
    is asked to end.
    """
    _own.add(folder)
    return folder


@dataclass
class Checkpoint:
    """An optimisation between two levels. `outcomes`: of the solve that proved each level so far, in order, by name.

    `by_simplex`: by level, was simplex the method? `solves`: seconds of each solve. `basis`: of the first solve, where
    it was asked for; `last_basis`: of the last. The others are the settings of the solver at that moment.
    """

    outcomes: dict[str, SolveOutcome] = field(default_factory=dict)
    by_simplex: dict[str, bool | None] = field(default_factory=dict)
    solves: list[tuple[str, float]] = field(default_factory=list)
    basis: Basis | None = None
    last_basis: Basis | None = None
    lazy_enforced: bool = False
    interior_point: bool = False
    race_pivots: int = 0
    guessing: bool = True


class Checkpoints:
    """The checkpoints of one optimisation, in a folder of their own: one file for the levels since the last."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder = folder / key
        self._written = 0  # levels

    def latest(self) -> Checkpoint | None:
        """The last checkpoint that a killed process left; None if there is none. Damaged files are passed over."""
        removed_on_leaving(self._folder)
        latest: Checkpoint | None = None
        while True:
            further = _read(self._file(latest), latest)
            if further is None:
                return latest
            latest = further
            self._written = len(latest.outcomes)

    def keep(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint. Where the disk does not take it there is none: the run goes on."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            file = self._folder / f"{self._written}.levels"
            unfinished = file.with_suffix(f".{os.getpid()}")  # another run of the same program may keep the same
            unfinished.write_bytes(_sealed(_spelled(checkpoint, self._written)))
            unfinished.replace(file)
            self._written = len(checkpoint.outcomes)

    def _file(self, checkpoint: Checkpoint | None) -> Path:
        return self._folder / f"{len(checkpoint.outcomes) if checkpoint else 0}.levels"


@contextlib.contextmanager
def checkpoints_beside(target: Path) -> Iterator[Path]:
    """The folder for the checkpoints of runs that write `target` or what lies beside it.

    When the block ends, whatever ends it, those of this process are removed; those of others that were killed after a
    week.
    """
    folder = target.resolve().parent / FOLDER
    with contextlib.suppress(OSError):
        for left in folder.iterdir():
            if time.time() - left.stat().st_mtime > _DAYS_KEPT * 24 * 3600.0:
                shutil.rmtree(left, ignore_errors=True)
    try:
        yield folder
    finally:
        _clear()


def key_of(session: HighsSession, levels: Sequence[tuple[str, Vector]], *settings: object) -> str:
    """A hash of all that an optimisation depends on: the LP as loaded, its levels by name with their costs, settings,
    versions.
    """
    digest = hashlib.sha256()
    lp = session.lp
    bounds = (session.column_lower, session.column_upper, session.row_lower, session.row_upper)
    for vector in (lp.start, lp.index, lp.value, lp.row_lower, lp.row_upper, *bounds, *(costs for _, costs in levels)):
        digest.update(np.ascontiguousarray(vector).tobytes())
    names = [name for name, _ in levels]
    digest.update(repr((lp.columns, names, __version__, version("highspy"), *settings)).encode())
    return digest.hexdigest()[:32]


def _spelled(checkpoint: Checkpoint, written: int) -> dict[str, Any]:
    further = list(checkpoint.outcomes.items())[written:]
    content = {
        "levels": [
            {
                "name": name,
                "by_simplex": checkpoint.by_simplex[name],
                **{each: getattr(outcome, each) for each in _NUMBERS},
            }
            for name, outcome in further
        ],
        "solves": checkpoint.solves,
        "state": {each: getattr(checkpoint, each) for each in _STATE},
    }
    arrays = {
        f"{index}_{each}": getattr(outcome, each) for index, (_, outcome) in enumerate(further) for each in _VECTORS
    }
    for name in _BASES:
        if (basis := getattr(checkpoint, name)) is not None:
            arrays |= {f"{name}_columns": basis.columns, f"{name}_rows": basis.rows}
    return {"content": np.array(json.dumps(content)), **arrays}


def _read(file: Path, before: Checkpoint | None) -> Checkpoint | None:
    """The checkpoint of a file, with all levels of the one before; None where there is no file, or a damaged one."""
    try:
        arrays = _unsealed(file.read_bytes())
        content = json.loads(str(arrays["content"]))
        before = before or Checkpoint()
        outcomes, by_simplex = dict(before.outcomes), dict(before.by_simplex)
        for index, level in enumerate(content["levels"]):
            name, vectors = level.pop("name"), {each: arrays[f"{index}_{each}"] for each in _VECTORS}
            by_simplex[name] = level.pop("by_simplex")
            outcomes[name] = SolveOutcome(status="optimal", **level, **vectors)
        basis, last_basis = (_basis(arrays, name) or getattr(before, name) for name in _BASES)
        solves = [(phase, seconds) for phase, seconds in content["solves"]]
        return Checkpoint(outcomes, by_simplex, solves, basis, last_basis, **content["state"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sealed(arrays: Mapping[str, Any]) -> bytes:
    """The arrays as a file: the SHA-256 of what follows, then an archive of NumPy."""
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    content = stream.getvalue()
    return hashlib.sha256(content).digest() + content


def _unsealed(file: bytes) -> dict[str, Any]:
    """The arrays of a file. Raises ValueError where a single byte of it is not as it was written."""
    seal, content = file[:_SEAL], file[_SEAL:]
    if hashlib.sha256(content).digest() != seal:
        raise ValueError("damaged")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _basis(arrays: Mapping[str, Any], name: str) -> Basis | None:
    return Basis(arrays[f"{name}_columns"], arrays[f"{name}_rows"]) if f"{name}_rows" in arrays else None
