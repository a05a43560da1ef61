"""Results of tasks, kept on disk as they come in, so that a command whose process was killed need not work them out
again.

They lie beside the output, where the checkpoints of a plan do (`planner.solver.checkpoint`), under a hash of all that
they depend on, and are removed as these are. JSON keeps a number to its last digit, so what a repeated command writes
is the same to the byte.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter

from planner import __version__
from planner.options.cluster import TaskPool
from planner.solver.checkpoint import removed_on_leaving

Base = TypeVar("Base")
Task = TypeVar("Task")
Result = TypeVar("Result")


def with_kept_results(work_all: TaskPool, folder: Path, *depends_on: object) -> TaskPool:
    """The same pool: it leaves out the tasks whose results a killed process left in `folder`, and keeps those that it
    works out.

    `depends_on`: all that decides what the tasks are and what they come to; bytes, or what `repr` tells whole. The work
    says by its annotation what it returns: numbers, texts, and dataclasses, tuples and mappings of them.
    """
    path = removed_on_leaving(folder / _hash(depends_on))
    calls = itertools.count()

    def work_rest(
        work: Callable[[Base, Task], Result], base: Base, tasks: Sequence[Task], on_result: Callable[[Result], None]
    ) -> list[Result]:
        store = _Kept(path / f"{next(calls)}.jsonl", TypeAdapter(get_type_hints(work)["return"]))
        results = {number: result for number, result in store.read().items() if number < len(tasks)}
        for result in results.values():
            on_result(result)

        def keep(numbered: tuple[int, Result]) -> None:
            number, results[number] = numbered
            store.add(*numbered)
            on_result(results[number])

        rest = [(number, task) for number, task in enumerate(tasks) if number not in results]
        work_all(partial(_numbered, work), base, rest, keep)
        return [results[number] for number in range(len(tasks))]

    return work_rest


def _numbered(work: Callable[[Base, Task], Result], base: Base, task: tuple[int, Task]) -> tuple[int, Result]:
    """A task with its number, so that a result can be assigned to it as it comes in."""
    return task[0], work(base, task[1])


def _hash(depends_on: Sequence[object]) -> str:
    digest = hashlib.sha256(repr((__version__, version("highspy"))).encode())
    for one in depends_on:
        digest.update(hashlib.sha256(one if isinstance(one, bytes) else repr(one).encode()).digest())
    return digest.hexdigest()[:32]


class _Kept:
    """Results by the number of their task: a file with a line for each, which begins with the SHA-256 of the rest."""

    def __init__(self, file: Path, kind: TypeAdapter[Any]) -> None:
        self._file, self._kind = file, kind

    def read(self) -> dict[int, Any]:
        """Whatever is as it was written: a line may have been cut off, or damaged."""
        results: dict[int, Any] = {}
        with contextlib.suppress(OSError):
            for line in self._file.read_bytes().splitlines():
                seal, _, content = line.partition(b" ")
                if seal == _seal(content):
                    entry = json.loads(content)
                    results[entry["task"]] = self._kind.validate_python(entry["result"])
        return results

    def add(self, number: int, result: object) -> None:
        """Where the disk does not take it, it is not kept."""
        content = json.dumps({"task": number, "result": self._kind.dump_python(result)}).encode()
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("ab") as stream:
                stream.write(b"\n%b %b\n" % (_seal(content), content))  # the line before may have been cut off


def _seal(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
