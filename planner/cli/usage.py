"""What the help of commands calls their values, and where an option lacks one."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

from planner.errors import UsageError


class CarefulCommand(TyperCommand):
    """A command whose options of several values do not swallow what follows them: `--sweep fund=SAFE -o DIR`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As the base class does. Raises UsageError where a value is missing."""
        options = [parameter for parameter in self.params if parameter.param_type_name == "option"]
        flags = {flag for option in options for flag in option.opts}
        for option in options:
            if option.nargs > 1:
                _refuse_missing(option, flags, args)
        return list(super().parse_args(ctx, args))


def name_values_plainly(command: Any) -> None:
    """Let usage and help say WORKBOOK, [SCHEDULE] and DIR..., without types of the program,
    of a command or a whole group.
    """
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            _name_plainly(parameter)
    for part in getattr(command, "commands", {}).values():
        name_values_plainly(part)


def _name_plainly(argument: Any) -> None:
    name = argument.metavar if argument.required else f"[{argument.metavar}]"
    usage = name if argument.nargs == 1 else f"{name}..."
    argument.get_usage_pieces = lambda *_, **__: [usage]
    argument.display_type_rich = lambda *_, **__: None  # new versions of typer only


def _refuse_missing(option: Any, flags: set[str], args: list[str]) -> None:
    for index, argument in enumerate(args):
        joined = any(argument.startswith(f"{flag}=") for flag in option.opts)
        if argument not in option.opts and not joined:
            continue
        values = args[index + 1 : index + 1 + option.nargs - joined]
        for value in values:
            if value in flags or value.partition("=")[0] in flags:
                raise UsageError(
                    f"{option.opts[0]} takes {option.nargs} values, {option.metavar}; found {value} in place of one"
                )
