"""Options solved side by side, in several processes or on a Dask cluster.

The base's state goes to each worker once; each option is one task. A worker that is lost takes nothing with it:
its tasks, and the state if it was the only one that had it, go to another. Dask is only imported here, and only
when it is asked for.
"""

from __future__ import annotations

import contextlib
import logging
import pickle
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from planner import __version__
from planner.errors import PlannerError, UsageError
from planner.run.folder import scratch_folder

if TYPE_CHECKING:
    from distributed import Client

SECONDS_TO_CONNECT = 15.0
RETRIES = 3  # of an option whose worker was lost or failed

Base = TypeVar("Base")
Task = TypeVar("Task")
Result = TypeVar("Result")


class TaskPool(Protocol):
    """Does a piece of work for each task, all from one base, and returns the results in the order of the tasks;
    `on_result` hears of each result as it comes in.
    """

    def __call__(
        self,
        work: Callable[[Base, Task], Result],
        base: Base,
        tasks: Sequence[Task],
        on_result: Callable[[Result], None],
    ) -> list[Result]:
        """The result of `work(base, task)` for each task. Raises what the work raises."""


@contextlib.contextmanager
def crew(workers: int = 1, scheduler: str | None = None) -> Iterator[TaskPool]:
    """Who does the work: this process, `workers` processes, or the workers of a Dask `scheduler`.

    Work, base, tasks and results must be picklable where processes do it. Raises UsageError where the scheduler
    cannot be used.
    """
    if scheduler is None and workers <= 1:
        yield _one_after_the_other
        return
    with _quiet(), _at(scheduler) if scheduler is not None else _local(workers) as client:

        def work_all(
            work: Callable[[Base, Task], Result],
            base: Base,
            tasks: Sequence[Task],
            on_result: Callable[[Result], None],
        ) -> list[Result]:
            return _work(client, work, base, tasks, on_result)

        yield work_all


def _one_after_the_other(
    work: Callable[[Base, Task], Result], base: Base, tasks: Sequence[Task], on_result: Callable[[Result], None]
) -> list[Result]:
    results = []
    for task in tasks:
        results.append(work(base, task))
        on_result(results[-1])
    return results


@contextlib.contextmanager
def _local(workers: int) -> Iterator[Client]:
    from distributed import Client, LocalCluster

    with contextlib.ExitStack() as stack:
        path = stack.enter_context(scratch_folder())
        with _deaf():
            cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                dashboard_address="127.0.0.1:0",  # any free port of this machine only: several may run at a time
                memory_limit=None,
                local_directory=str(path),
                silence_logs=logging.CRITICAL,
            )
            stack.enter_context(cluster)
        yield stack.enter_context(Client(cluster))


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Threads and processes that begin here, and those they start later, do not hear Ctrl-C: this process ends them.

    A Ctrl-C in the meantime is heard when the block ends.
    """
    if sys.platform == "win32":
        yield
        return
    _start_resource_tracker()  # on its first start it would let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_resource_tracker() -> None:
    """It clears semaphores of a process that ends at once, as this one does when it is interrupted.

    It need not warn of them.
    """
    ignored = "ignore:resource_tracker"
    sys.warnoptions.append(ignored)  # what it is started with
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.remove(ignored)


@contextlib.contextmanager
def _at(scheduler: str) -> Iterator[Client]:
    from distributed import Client

    try:
        client = Client(scheduler, timeout=SECONDS_TO_CONNECT)
    except (OSError, ValueError, TypeError) as problem:
        raise UsageError(
            f"the scheduler {scheduler} cannot be reached; expected an address such as tcp://host:8786"
        ) from problem
    with client:
        versions = client.run(_version)
        if not versions:
            raise UsageError(f"the scheduler {scheduler} has no workers; start some with `dask worker {scheduler}`")
        other = sorted({str(version) for version in versions.values()} - {__version__})
        if other:
            raise UsageError(
                f"the workers of {scheduler} have planner {', '.join(other)}, not {__version__}; results could differ"
            )
        yield client


def _version() -> str:
    """The planner that a worker has."""
    try:
        from planner import __version__ as version
    except ImportError:
        return "not installed"
    return version


def _work(
    client: Client,
    work: Callable[[Base, Task], Result],
    base: Base,
    tasks: Sequence[Task],
    on_result: Callable[[Result], None],
) -> list[Result]:
    from distributed import as_completed
    from distributed.scheduler import KilledWorker

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
        # A task, and not scattered data: where every copy of it is lost, the scheduler makes it again.
        state = client.submit(pickle.loads, pickle.dumps(base), pure=False, retries=RETRIES)
        futures = [client.submit(work, state, task, pure=False, retries=RETRIES) for task in tasks]
    results: dict[Any, Result] = {}
    try:
        for future in as_completed(futures):
            results[future] = future.result()
            on_result(results[future])
    except KilledWorker as problem:
        raise PlannerError(
            f"a plan was given up: {RETRIES} workers were lost over it (is there enough memory? Try fewer workers)"
        ) from problem
    finally:
        client.cancel([state, *futures], force=True)
    return [results[future] for future in futures]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Nothing of the cluster's own talk on the terminal: what matters is raised."""
    logger = logging.getLogger("distributed")
    before = logger.level, logger.propagate, logger.disabled
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before[0])
