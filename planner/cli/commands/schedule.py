"""`planner schedule`: runs that repeat alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.arguments import Quiet
from planner.cli.examples import example
from planner.cli.say import say
from planner.errors import ScheduleError, UsageError

if TYPE_CHECKING:
    from planner.schedule.outcome import ScheduleOutcome

_File = Annotated[Path, typer.Argument(metavar="SCHEDULE", help="The schedule, a TOML file.")]

app = typer.Typer(
    help="Plan on a schedule, declared in one file.",
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog=example("schedule"),
)


@app.command("template", epilog=example("schedule template"))
def template(
    output: Annotated[Path, typer.Argument(metavar="SCHEDULE", help="The file to write.")] = Path("schedule.toml"),
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite an existing file.")] = False,
) -> None:
    """Write a schedule to fill in, with every key explained."""
    from planner.paths import PACKAGE
    from planner.run.folder import whole_file
    from planner.run.refusal import refuse_file

    refuse_file(output, "a schedule", ".toml", replace)
    with whole_file(output) as hidden:
        hidden.write_bytes((PACKAGE / "schedule" / "templates" / "schedule.toml").read_bytes())
    say([f"Written: {output}. Change it, then: planner schedule run {output}"])


@app.command("check", epilog=example("schedule check"))
def check(schedule: _File) -> None:
    """List what is wrong with a schedule.

    Checks its keys, and that the files it names exist.
    """
    from planner.schedule.files import missing_files
    from planner.schedule.reading import read_schedule

    missing = missing_files(read_schedule(schedule))
    if missing:
        raise ScheduleError(missing)
    say([f"{schedule}: 0 faults"])


@app.command("run", epilog=example("schedule run"))
def run(
    schedule: _File,
    now: Annotated[
        str | None,
        typer.Option("--now", metavar="PERIOD", help="First period of a replan; default: after the last actuals."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Run a schedule once: plan if anything is new.

    Records the plan, compares options, sends alerts and deletes old runs; schedule.json in the folder of the runs holds
    the result. The last good plan is kept in every case. Exit code 0: a verified plan was written, or nothing is new;
    75: another run of the schedule is going on; otherwise as planner solve.
    """
    from planner.cli.progress import shown_progress
    from planner.schedule.reading import read_schedule
    from planner.schedule.running import run_schedule

    declared = read_schedule(schedule)
    if now is not None and declared.kind != "replan":
        raise UsageError(f"--now is for a schedule with kind = 'replan'; {schedule} has kind = {declared.kind!r}")
    with shown_progress(quiet) as progress:
        outcome = run_schedule(declared, now, progress)
    if outcome.exit_code:
        say(_failure_lines(outcome), error=True)
        raise typer.Exit(outcome.exit_code)
    if not quiet:
        say(_lines(outcome))


def _failure_lines(outcome: ScheduleOutcome) -> list[str]:
    from planner.cli.lines.text import fault_lines
    from planner.report.words.numbers import plural

    if outcome.faults:
        lines = [*fault_lines(outcome.faults), f"{plural(len(outcome.faults), 'fault')} in the input."]
    else:
        lines = [outcome.message]
    if outcome.last_good is not None and outcome.result == "failed":
        lines.append(f"The last good plan is kept: run {outcome.last_good.id}, {outcome.last_good.folder}")
    return lines


def _lines(outcome: ScheduleOutcome) -> list[str]:
    lines = [outcome.message[:1].upper() + outcome.message[1:]]
    lines += [f"alert, {alert.kind.replace('_', ' ')}: {alert.message}" for alert in outcome.alerts]
    if outcome.pruned:
        lines.append(f"Gone: run {', '.join(map(str, outcome.pruned))}")
    if outcome.last_good is not None:
        lines.append(f"The last good plan: run {outcome.last_good.id}, {outcome.last_good.folder}")
    return lines


@app.command("install", epilog=example("schedule install"))
def install(
    schedule: _File,
    systemd: Annotated[bool, typer.Option("--systemd", help="Write a systemd service and timer.")] = False,
    cron: Annotated[bool, typer.Option("--cron", help="Print a line for a crontab.")] = False,
    container: Annotated[bool, typer.Option("--container", help="Print an example of a Containerfile.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="DIR", help="Folder of the units; default: where systemd looks for them."
        ),
    ] = None,
) -> None:
    """Install a schedule: systemd, cron, container.

    The table [when] of the schedule says when it runs.
    """
    from planner.schedule.install import container_text, cron_line, units_folder, write_units
    from planner.schedule.reading import read_schedule

    if systemd + cron + container != 1:
        raise UsageError("say which: --systemd, --cron or --container")
    if output is not None and not systemd:
        raise UsageError("-o is for --systemd; the others are printed")
    declared = read_schedule(schedule)
    if cron:
        say([cron_line(declared)])
    elif container:
        say(container_text(declared).splitlines())
    else:
        folder = output or units_folder()
        written = write_units(declared, folder)
        say(f"Written: {path}" for path in written)
        control = "systemctl --user" if "user" in units_folder().parts else "systemctl"
        if folder != units_folder():
            say([f"Copy both to {units_folder()}: there systemd finds them."])
        say([f"Start it with: {control} daemon-reload && {control} enable --now {written[-1].name}"])
