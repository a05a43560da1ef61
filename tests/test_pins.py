"""What is installed is what was tried: the pinned sets are exact, by hash, and fit the bounds of pyproject.toml."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.places import ROOT

SETS = ("build", "dev", "lowest", "run")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = {canonicalize_name(one.name): one for one in map(Requirement, PROJECT["project"]["dependencies"])}


def text(name: str) -> str:
    return (ROOT / "pins" / f"{name}.txt").read_text(encoding="utf-8")


def pinned(name: str) -> dict[str, Version]:
    """Package -> version; fails where a requirement has no exact version, or no hash."""
    found = {}
    for entry in re.sub(r"^#.*\n", "", text(name), flags=re.MULTILINE).replace("\\\n", "").splitlines():
        requirement, *hashes = re.split(r"\s+--hash=", entry)
        match = re.fullmatch(r"([\w.-]+)==(\S+)(?: ; .+)?", requirement.strip())
        assert match, entry[:80]
        assert match[1] not in found, f"two versions of {match[1]}"
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes)
        found[match[1]] = Version(match[2])
    return found


@pytest.mark.parametrize("name", SETS)
def test_pins_are_exact_and_name_no_host(name: str) -> None:
    assert len(pinned(name)) >= 4
    assert not re.search(r"://|^\s*-(?!-hash=)", text(name), flags=re.MULTILINE)  # no address, no option of pip


@pytest.mark.parametrize("part", ["run", "build"])
def test_the_tests_run_with_what_plans(part: str) -> None:
    assert pinned(part).items() <= pinned("dev").items()


def test_every_dependency_is_bounded_on_both_sides_and_pinned_between() -> None:
    versions = pinned("run")
    for name, requirement in NEEDED.items():
        assert {one.operator for one in requirement.specifier} == {">=", "<"}, requirement
        assert requirement.specifier.contains(versions[name]), (requirement, versions[name])


def test_the_lowest_versions_are_the_lower_bounds() -> None:
    versions = pinned("lowest")
    for name, requirement in NEEDED.items():
        (lower,) = (one.version for one in requirement.specifier if one.operator == ">=")
        assert versions[name] in SpecifierSet(f"=={lower}"), requirement
