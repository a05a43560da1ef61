"""What a run is doing, in plain words: run.json, the log and the solver have short names for it."""

from __future__ import annotations

import re
from functools import cache

WORDS = {
    "read": "reading the input",
    "check": "checking the network",
    "apply options": "applying the options",
    "build": "building the model",
    "load": "numbering the model",
    "load LP": "handing the model to the solver",
    "solve": "solving",
    "settle": "settling who pays",
    "tables": "reading off the plan",
    "vertex": "finding where to start from",
    "optimum": "solving for the optimum",
    "frontier": "tracing the frontier",
    "verify": "checking the plan independently",
    "write": "writing the results",
    "write tables": "writing the tables",
    "write plan.xlsx": "writing plan.xlsx",
    "write report.html": "writing report.html",
    "read plan": "reading the plan again",
    "total": "in all",
    "record": "recording the run",
    "compare": "comparing the options",
    "prune": "letting old runs go",
    "alert": "telling whoever should hear of it",
}
_BEGINNINGS = {
    "frontier, ": "tracing the frontier, ",
    "coalition ": "planning for group ",
    "withdrawal ": "planning without one thing, ",
    "pair ": "planning without two things, ",
    "worst planned again ": "planning the worst again from the workbook, ",
    "remedy of ": "searching for remedies: ",
    "range ": "least and most, ",
    "write plan ": "writing plan ",
    "memo: ": "what changed: solving ",
}
SOLVE = "solve "  # begins the phases of the solver in run.json
_LEVELS = re.compile(r"\w+( (to|and) \w+)*( together)?\Z")


def phase_words(phase: str) -> str:
    """A phase in plain words; objective levels by their titles."""
    if phase in WORDS:
        return WORDS[phase]
    for short, words in _BEGINNINGS.items():
        if phase.startswith(short):
            return words + phase.removeprefix(short)
    if phase.startswith(SOLVE):
        return phase_words(phase.removeprefix(SOLVE))
    titles = _level_titles()
    if _LEVELS.match(phase) and phase.split(" ")[0] in titles:
        return "optimising " + " ".join(titles.get(word, word) for word in phase.split(" "))
    return phase.replace("_", " ")


@cache
def _level_titles() -> dict[str, str]:
    """Level → title in lower case."""
    from planner import catalogue

    full = catalogue.load("full")
    titles = {level.name: level.title for level in (*full.levels, *full.spare_levels)}
    return {name: title[:1].lower() + title[1:] for name, title in titles.items()} | {"weighted": "the weighted sum"}
