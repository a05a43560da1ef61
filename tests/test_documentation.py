"""What the pages say is so: links lead somewhere, and commands, targets and exit codes exist."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import typer

from planner import cli, errors
from tests.places import ROOT

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    named = re.findall(r"`((?:planner|models|inputs|tests|docs)/[\w./-]+)`", page.read_text(encoding="utf-8"))
    for path in named:
        assert (ROOT / path).exists(), f"{page.name} names {path}"


def test_the_readme_opens_with_the_two_commands() -> None:
    assert README.index("make plan") < README.index("make test") < README.index("pip install")
    assert README.index("## Two commands") == README.index("## ")


def test_the_readme_lists_every_command_and_exit_code() -> None:
    commands = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    assert set(re.findall(r"^\| `planner (\w+) ", README, re.MULTILINE)) == set(commands)
    codes = {0, cli.INTERNAL_FAULT, cli.INTERRUPTED} | {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.PlannerError)
    }
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)} == codes


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_of_the_commands_that_are_shown_exist(page: Path) -> None:
    """In code and in blocks: `planner runs prune --keep 12`."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    shown = re.findall(r"`(planner [a-z][^`]*)`", text)
    for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL):
        shown += re.findall(r"(?:^|[\s\\/])(planner [a-z].*)", block)
    for line in shown:
        command, words = typer.main.get_command(cli.app), line.partition("#")[0].split()[1:]
        while words and words[0] in (further := getattr(command, "commands", {})):
            command = further[words.pop(0)]
        assert not hasattr(command, "commands") or not words or words[0] == "--help", f"{page.name}: {line}"
        known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help"}
        named = {word.partition("=")[0].rstrip(".,;:)") for word in words if re.match("--?[a-z]", word)}
        assert named <= known, f"{page.name}: {line}"


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in [*PAGES, ROOT / ".ci" / "run"]:
        assert (
            set(re.findall(r"`?\bmake (plan|test|lint|samples|clean)\b", page.read_text(encoding="utf-8"))) <= targets
        )
    assert {"plan", "test"} <= targets


def test_the_changelog_has_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_import_graph_is_that_of_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    rows = [" | ".join(name.strip().removeprefix("planner.") for name in layer.split("|")) for layer in layers]
    drawn = "```\n" + "\n  ↓ imports\n".join(rows) + "\n```\n"
    assert drawn in (ROOT / "docs" / "maintaining.md").read_text(encoding="utf-8")


def test_the_rooms_hold_what_the_table_of_rooms_names() -> None:
    """Each name in the row of a room is a module or a sub-room of it."""
    text = (ROOT / "docs" / "maintaining.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", text.partition("| room | contents |")[2].partition("\n\n")[0], re.M)
    assert len(rows) > 10
    for room, contents in rows:
        folder = ROOT / "planner" / room
        named = set(re.findall(r"`([a-z_]+)`", contents))
        assert named <= {path.stem for path in folder.iterdir() if path.is_dir() or path.suffix == ".py"}, room


@pytest.mark.parametrize("tree", ["planner", "tests"])
def test_no_room_holds_more_than_fifteen_modules(tree: str) -> None:
    modules = [path for path in (ROOT / tree).rglob("*.py") if path.name != "__init__.py"]
    fullest, count = Counter(path.parent for path in modules).most_common(1)[0]
    assert count <= 15, fullest


def test_every_module_says_what_it_is_for() -> None:
    """In its first line, which is the only list of what a room holds."""
    for path in (ROOT / "planner").rglob("*.py"):
        assert path.read_text(encoding="utf-8").startswith('"""'), path
