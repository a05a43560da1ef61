"""The versions of everything whose version may change a number or a page."""

from __future__ import annotations

import platform
from functools import cache
from importlib import metadata

from planner import __version__

_PACKAGES = ("highspy", "jinja2", "networkx", "numpy", "openpyxl", "pandas", "pulp", "python-calamine")


def versions() -> dict[str, str]:
    """Package → version, of everything that computes or draws; what is not installed is left out."""
    return {"python": platform.python_version(), "planner": __version__, **_installed()}


@cache
def _installed() -> dict[str, str]:
    installed = {}
    for package in _PACKAGES:
        try:
            installed[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return installed
