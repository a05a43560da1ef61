"""What a schedule says: the tables and keys of its TOML file. Paths are absolute; None: not asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, ValidationInfo, WithJsonSchema

from planner.catalogue import model_names
from planner.errors import UsageError
from planner.records.declaration import Amount, Declaration, FilePath, ShareOf, Text, Texts, Whole, folder_of
from planner.records.faults import fault
from planner.store import DATABASE
from planner.store.database import address_of
from planner.workbook.names.names import nearest

SOLVE, REPLAN = "solve", "replan"
APPROVED = "approved"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _known_model(name: str) -> str:
    names = model_names()
    if name not in names:
        near = nearest(name, names)
        hint = f", did you mean {near!r}?" if near else ""
        raise fault(f"found {name!r}, expected one of {', '.join(names)}{hint}")
    return name


def _store(stated: Any, info: ValidationInfo) -> Any:
    """A URL as it is, a file relative to the schedule."""
    if not isinstance(stated, str) or not stated.strip():
        return stated
    where = stated if "://" in stated else str((folder_of(info) / stated).resolve())
    try:
        address_of(where)
    except UsageError as problem:
        raise fault(str(problem).removeprefix("--store: ")) from problem
    return where


def _no_password(_: Any) -> Any:
    raise fault("does not belong into a file; put it into the environment and name it in password_env")


Name = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_.-]{1,60}$"),
    WithJsonSchema({"type": "string", "expected": "letters, digits, '.', '_' and '-', 60 at most"}),
]
Time = Annotated[
    str,
    Field(pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$"),
    WithJsonSchema({"type": "string", "expected": "a time such as 02:00"}),
]


class Replan(Declaration):
    """How the next plan follows the last: see `planner replan`."""

    freeze: Whole | None = Field(default=None, description="First periods in which the last plan is kept.")
    cap: ShareOf | None = Field(default=None, description="Largest departure after them.")
    periods: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Of the next plan; default: to the end."
    )
    follow: Literal["good", "approved"] = Field(
        default="good", description="The last good plan, or the last approved one."
    )
    first: FilePath | None = Field(
        default=None,
        description="The run folder to start from while the store has none; default: the first run is solved afresh.",
    )


class Compare(Declaration):
    """Options to put side by side after each new plan."""

    options: Texts | None = Field(default=None, description="Their names; default: all of the workbook.")


class Retention(Declaration):
    """Which runs of the schedule go: beyond the newest `keep` and older than `days` (both, where both are given)."""

    keep: Whole | None = Field(default=None, description="The newest that stay.")
    days: Amount | None = Field(default=None, description="Age in days.")


class Rules(Declaration):
    """What somebody should hear of. Failed runs and a clock that cannot be right are always reported."""

    fill_rate_falls: ShareOf | None = Field(default=None, description="By more than this, against the run before.")
    fund_used: ShareOf | None = Field(default=None, description="So much of a fund's money is paid.")
    gap: ShareOf | None = Field(default=None, description="The solver's, relative.")
    input_days: Amount | None = Field(default=None, description="Age of the input in days.")
    actuals: bool = Field(default=False, description="Nothing was reported for the last period that has ended.")
    conflicts: bool = Field(default=True, description="Reports that contradict each other, funds overdrawn among them.")


class Mail(Declaration):
    """Plain text by SMTP. The password is in the environment, never in the file."""

    host: Text = Field(description="The mail server.")
    to: Texts = Field(description="Addresses.")
    sender: Text = Field(alias="from", description="Address of the sender.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=25, description="Of the mail server.")
    security: Literal["none", "starttls", "tls"] = Field(default="none", description="How the way there is secured.")
    user: Text | None = Field(default=None, description="Who logs in; default: nobody.")
    password_env: Text = Field(
        default="PLANNER_SMTP_PASSWORD", description="Variable of the environment with the password."
    )
    password: Annotated[None, BeforeValidator(_no_password)] = Field(default=None, description="Not here.")


class Notify(Declaration):
    """Where alerts go."""

    file: FilePath | None = Field(default=None, description="A file of JSON lines.")
    command: Texts = Field(default=(), description="A command that reads them on its standard input.")
    mail: Mail | None = Field(default=None, description="By mail.")


class When(Declaration):
    """When it runs, by the machine's clock; only for `planner schedule install`."""

    every: Literal["day", "week", "month"] = Field(default="day", description="How often.")
    weekday: Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] = Field(
        default="Mon", description="Of each week."
    )
    day: Annotated[int, Field(ge=1, le=28)] = Field(default=1, description="Of each month.")
    at: Time = Field(default="02:00", description="Time of day.")

    @property
    def hour(self) -> int:
        """The hour of `at`."""
        return int(self.at.partition(":")[0])

    @property
    def minute(self) -> int:
        """The minute of `at`."""
        return int(self.at.partition(":")[2])


class Schedule(Declaration):
    """A declared schedule."""

    name: Name = Field(description="Default: the name of the file.")
    input: FilePath = Field(description="The workbook, or folder of CSV files, as it will be each time.")
    runs: FilePath = Field(description="The folder that holds its run folders.")
    store: Annotated[Text, BeforeValidator(_store)] = Field(
        default_factory=lambda known: str(known.get("runs", Path()).parent / DATABASE),
        description="Where runs are recorded: a file or URL; default: beside `runs`.",
    )
    kind: Literal["solve", "replan"] = Field(default="solve", description="Plan afresh, or follow the last plan.")
    model: Annotated[Text, AfterValidator(_known_model)] = Field(default="full", description="Planning model.")
    time_limit: Amount | None = Field(default=None, description="For the solver, in seconds.")
    strict: bool = Field(default=False, description="Take warnings for errors.")
    replan: Replan = Field(default=Replan(), description="How the next plan follows the last.")
    compare: Compare | None = Field(default=None, description="Options to put side by side.")
    retention: Retention = Field(default=Retention(), description="Which runs go.")
    rules: Rules = Field(default=Rules(), alias="alerts", description="What somebody should hear of.")
    notify: Notify = Field(default=Notify(), description="Where alerts go.")
    when: When = Field(default=When(), description="When it runs.")
    _path: Path = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Keep the path of the file, which the context names: relative paths start at its folder."""
        self._path = context if isinstance(context, Path) else Path()

    @property
    def path(self) -> Path:
        """The file that declares it."""
        return self._path

    @property
    def options(self) -> tuple[str, ...] | None:
        """Those to compare; (): all of the workbook; None: nothing is compared."""
        return None if self.compare is None else self.compare.options or ()
