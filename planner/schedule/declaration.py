"""What a schedule says. Paths are absolute; None: not asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

SOLVE, REPLAN = "solve", "replan"
GOOD, APPROVED = "good", "approved"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Replan:
    """How the next plan follows the last: see `planner replan`. `follow`: the last good plan, or the last approved
    one; `first`: the run folder to start from while the store has none (None: the first run is solved afresh)."""

    freeze: int | None = None
    cap: float | None = None  # share
    periods: int | None = None
    follow: str = GOOD
    first: Path | None = None


@dataclass(frozen=True)
class Retention:
    """Which runs of the schedule go: beyond the newest `keep` and older than `days` (both, where both are given)."""

    keep: int | None = None
    days: float | None = None


@dataclass(frozen=True)
class Rules:
    """What somebody should hear of. Failed runs and a clock that cannot be right always are told."""

    fill_rate_falls: float | None = None  # by more than this share, against the run before
    fund_used: float | None = None  # share of a fund's money that is paid
    gap: float | None = None  # the solver's, relative
    input_days: float | None = None  # age of the input
    actuals: bool = False  # nothing was reported for the last period that has ended
    conflicts: bool = True  # reports that contradict each other, funds overdrawn among them


@dataclass(frozen=True)
class Mail:
    """Plain text by SMTP. The password is in the environment, never in the file."""

    host: str
    to: tuple[str, ...]
    sender: str
    port: int = 25
    security: str = "none"  # none, starttls, tls
    user: str | None = None
    password_env: str = "PLANNER_SMTP_PASSWORD"


@dataclass(frozen=True)
class Notify:
    """Where alerts go: a file of JSON lines, a command that reads them on its standard input, mail."""

    file: Path | None = None
    command: tuple[str, ...] = ()
    mail: Mail | None = None


@dataclass(frozen=True)
class When:
    """When it runs, by the machine's clock; only for `planner schedule install`."""

    every: str = "day"  # day, week, month
    weekday: str = DAYS[0]
    day: int = 1
    hour: int = 2
    minute: int = 0


@dataclass(frozen=True)
class Schedule:
    """A declared schedule. `runs` is the folder that holds its run folders; `options` those to compare."""

    path: Path
    name: str
    input: Path
    runs: Path
    store: str
    kind: str = SOLVE
    model: str = "full"
    time_limit: float | None = None
    strict: bool = False
    replan: Replan = field(default_factory=Replan)
    options: tuple[str, ...] | None = None  # (): all of the workbook
    retention: Retention = field(default_factory=Retention)
    rules: Rules = field(default_factory=Rules)
    notify: Notify = field(default_factory=Notify)
    when: When = field(default_factory=When)
