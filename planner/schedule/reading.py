"""schedule.toml as a declaration. All faults are told at once, each by its key."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from planner.catalogue import model_names
from planner.errors import Fault, ScheduleError, UsageError
from planner.schedule.declaration import (
    APPROVED,
    DAYS,
    GOOD,
    REPLAN,
    SOLVE,
    Mail,
    Notify,
    Replan,
    Retention,
    Rules,
    Schedule,
    When,
)
from planner.schedule.toml_keys import Keys
from planner.store import DATABASE
from planner.store.database import address_of

_NAME = re.compile(r"[\w.-]{1,60}\Z", re.ASCII)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z")


def read_schedule(path: Path) -> Schedule:
    """Read a schedule. Raises UsageError where there is no such file, ScheduleError for all that is wrong in it."""
    if not path.is_file():
        raise UsageError(f"there is no schedule {path}")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as fault:
        raise ScheduleError([Fault(path.name, "is no text in UTF-8")]) from fault
    except tomllib.TOMLDecodeError as fault:
        raise ScheduleError([Fault(path.name, f"is no TOML: {fault}")]) from fault
    faults: list[Fault] = []
    schedule = _schedule(Keys(table, "", path.name, path.resolve().parent, faults), path)
    if faults:
        raise ScheduleError(faults)
    return schedule


def _schedule(keys: Keys, path: Path) -> Schedule:
    runs = keys.path("runs", required=True) or Path()
    schedule = Schedule(
        path=path.resolve(),
        name=_name(keys, path.stem),
        input=keys.path("input", required=True) or Path(),
        runs=runs,
        store=_store(keys, path.resolve().parent, runs),
        kind=keys.choice("kind", (SOLVE, REPLAN), SOLVE),
        model=keys.choice("model", model_names(), "full"),
        time_limit=keys.number("time_limit"),
        strict=keys.flag("strict", False),
        replan=_replan(keys.table("replan")),
        options=_options(keys),
        retention=_retention(keys.table("retention")),
        rules=_rules(keys.table("alerts")),
        notify=_notify(keys.table("notify")),
        when=_when(keys.table("when")),
    )
    if schedule.kind == SOLVE and "replan" in keys:
        keys.fault("replan", f"is for kind = {REPLAN!r}; found kind = {SOLVE!r}")
    if schedule.kind == REPLAN and schedule.strict:
        keys.fault("strict", f"is for kind = {SOLVE!r}; found kind = {REPLAN!r}")
    keys.finish()
    return schedule


def _name(keys: Keys, default: str) -> str:
    name = str(keys.text("name", default))
    if not _NAME.match(name):
        keys.fault("name", f"found {name!r}, expected letters, digits, '.', '_' and '-', 60 at most")
    return name


def _store(keys: Keys, base: Path, runs: Path) -> str:
    """A URL as it is, a file relative to the schedule; by default beside the folder of the runs."""
    found = keys.text("store")
    if found is None:
        return str(runs.parent / DATABASE)
    where = found if "://" in found else str((base / found).resolve())
    try:
        address_of(where)
    except UsageError as problem:
        keys.fault("store", str(problem).removeprefix("--store: "))
    return where


def _options(keys: Keys) -> tuple[str, ...] | None:
    compare = keys.table("compare")
    if "compare" not in keys:
        return None
    everything = "options" not in compare
    found = () if everything else compare.texts("options")
    compare.finish()
    return found


def _replan(keys: Keys) -> Replan:
    found = Replan(
        freeze=keys.whole("freeze", None),
        cap=keys.share("cap"),
        periods=keys.whole("periods", None, 1),
        follow=keys.choice("follow", (GOOD, APPROVED), GOOD),
        first=keys.path("first"),
    )
    keys.finish()
    return found


def _retention(keys: Keys) -> Retention:
    found = Retention(keep=keys.whole("keep", None), days=keys.number("days"))
    keys.finish()
    return found


def _rules(keys: Keys) -> Rules:
    found = Rules(
        fill_rate_falls=keys.share("fill_rate_falls"),
        fund_used=keys.share("fund_used"),
        gap=keys.share("gap"),
        input_days=keys.number("input_days"),
        actuals=keys.flag("actuals", False),
        conflicts=keys.flag("conflicts", True),
    )
    keys.finish()
    return found


def _notify(keys: Keys) -> Notify:
    mail = keys.table("mail")
    found = Notify(file=keys.path("file"), command=keys.texts("command"), mail=_mail(mail) if "mail" in keys else None)
    keys.finish()
    return found


def _mail(keys: Keys) -> Mail:
    if "to" not in keys:
        keys.fault("to", "is missing; expected a list of addresses")
    found = Mail(
        host=str(keys.text("host", required=True)),
        to=keys.texts("to"),
        sender=str(keys.text("from", required=True)),
        port=keys.whole("port", 25, 1, 65535),
        security=keys.choice("security", ("none", "starttls", "tls"), "none"),
        user=keys.text("user"),
        password_env=keys.text("password_env", Mail.password_env),
    )
    if "password" in keys:
        keys.fault("password", "does not belong into a file; put it into the environment and name it in password_env")
    keys.finish()
    return found


def _when(keys: Keys) -> When:
    at = str(keys.text("at", "02:00"))
    time = _TIME.match(at)
    if not time:
        keys.fault("at", f"found {at!r}, expected a time such as 02:00")
    found = When(
        every=keys.choice("every", ("day", "week", "month"), "day"),
        weekday=keys.choice("weekday", DAYS, DAYS[0]),
        day=keys.whole("day", 1, 1, 28),
        hour=int(time[1]) if time else 0,
        minute=int(time[2]) if time else 0,
    )
    keys.finish()
    return found
