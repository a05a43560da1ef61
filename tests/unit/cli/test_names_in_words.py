"""No sentence of the terminal or of a page tells a code where a name is filled in.

The world has only codes that mean nothing, each with a name. Lines and routes have no name, so that theirs are made
from what they are between. A code may stand behind its name, in the key of a row that is named with its cell, or in a
fault of a cell, as it is typed there. Nor does any tell a unit of the program.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from planner import cli
from tests.seeds import only_long

NAMES = {
    "qz01": "Northland", "qz02": "Eastland", "qz03": "Southland", "qz11": "heaters", "qz12": "steel", "qz21": "Harbour works",
    "qz22": "Hill works", "qz23": "Plain depot", "qz24": "Capital", "qz31": "Winter help", "qz41": "Joint fund", "qz51": "Storm",
}  # fmt: skip
TABLES = {
    "Settings": "key,value\ntitle,Winter\nstart,2026-01\nperiods,4\nperiod_length,month\ncurrency,EUR\n",
    "Nations": "nation,name,beneficiary\nqz01,Northland,no\nqz02,Eastland,no\nqz03,Southland,yes\n",
    "Items": "item,name,unit,weight,value\nqz11,heaters,heater,0.1,100\nqz12,steel,t,1,10\n",
    "Nodes": "node,name,kind,nation,storage_t\nqz21,Harbour works,factory,qz01,1000\nqz22,Hill works,factory,qz02,1000\n"
    "qz23,Plain depot,depot,qz02,40\nqz24,Capital,destination,qz03,\n",
    "Routes": "origin,destination,mode,capacity_t,cost\nqz21,qz23,road,9,1\nqz22,qz23,road,9,1\nqz21,qz22,road,9,1\nqz23,qz24,rail,8,2\n",
    "Lines": "factory,item,unit_cost,capacity\nqz21,qz11,50,30\nqz22,qz11,60,20\nqz21,qz12,5,20\n",
    "Components": "item,component,quantity\nqz11,qz12,0.2\n",
    "Commitments": "commitment,name,nations,binding\nqz31,Winter help,qz01; qz02,yes\n",
    "Demand": "commitment,destination,item,period,quantity,priority,max_delay\nqz31,qz24,qz11,2026-02,130,1,1\n"
    "qz31,qz24,qz11,2026-04,60,1,0\n,qz24,qz11,2026-04,40,1,0\n",
    "Funds": "fund,name,kind\nqz41,Joint fund,budget\n",
    "Budgets": "fund,contributor,year,amount\nqz41,qz01,2026,4000\nqz41,qz02,2026,3000\n",
    "Expansions": "expansion,line,cost,limit,lead_time\nNew press,qz22:qz11,30,10,1\n",
    "Targets": "items,nodes,quantity\nqz11,qz23,15\n",
    "Contingencies": "contingency,name,period\nqz51,Storm,2026-03\n",
    "Surge": "contingency,destination,item,offset,quantity\nqz51,qz24,qz11,0,30\n",
    "Uncertainty": "uncertainty,what,names,low,high\nSnow,surge,qz51,0.8,1.2\n",
    "Options": "option,table,where,column,change,value\nMore money,Budgets,fund=qz41,amount,scale,1.2\n",
}  # fmt: skip
ACTUALS = (
    "period,kind,line,route,demand,item,fund,contributor,cost_type,object,quantity\n"
    "2026-01,made,qz21:qz11,,,,,,,,20\n2026-01,shipped,,qz21>qz23:road,,qz11,,,,,20\n"
)
LOCKED = "lock,kind,line,from,to,minimum\nTwo,make,qz21:qz11,2026-01,2026-01,999\n"

SOLVE = "solve input -o run --remedies"
QUICK = [
    "explain run",
    "explain run 'Demand 2'",
    "remedy run -o new",
    "withdraw run --remedies 1 -o new",
    "review run february -o new",
]
LONG = [
    "money run -o new", "remedy run --contingency qz51 -o new", "alternatives run --count 2 -o new", "fairness input --group qz01,qz02 -o new",
    "frontier run -o new", "withdraw run --pairs 2 --remedies 5 -o new", "compare input -o new", "stress run --draws 20 -o new",
    "evaluate input run -o new", "replan run february -o new", "record run -o new.decision.json", "check input --bounds", "extract input --nation qz01 -o new",
    "extract input --nation qz03 --run run -o new", "diff run run",
]  # fmt: skip
CODE = re.compile(r"\bqz\d\d\b")
TECHNICAL = re.compile(r"value [x×]|priority ×")  # units of the program
AS_TYPED = ("the component qz12 can never be at qz22",)  # a warning of a cell


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world, with what happened in January, and its plan."""
    place = tmp_path_factory.mktemp("names")
    for folder, more in (("input", {}), ("february", {"Actuals": ACTUALS})):
        (place / folder).mkdir()
        for name, text in (TABLES | more).items():
            (place / folder / f"{name}.csv").write_text(text)
    return place


@pytest.fixture(scope="module")
def solved(world: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(world)
        assert cli.run(shlex.split(SOLVE)) == 0
    return world


class Texts(HTMLParser):
    """The texts of a page by block, as (tag, text), without programs."""

    BLOCKS = frozenset(
        [
            "p",
            "li",
            "h1",
            "h2",
            "h3",
            "h4",
            "td",
            "th",
            "div",
            "text",
            "title",
            "caption",
            "summary",
            "figcaption",
            "option",
            "dt",
            "dd",
            "a",
            "g",
        ]
    )

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open, self._silent = [("", "")], False
        self.feed(page)
        self._close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in ("script", "style")
        if tag in self.BLOCKS:
            self._close()
            self._open = [(tag, "")]
        self.found += [("label", value) for name, value in attrs if name == "aria-label" and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent = False
        if tag in self.BLOCKS:
            self._close()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._open.append(("", data))

    def _close(self) -> None:
        text = re.sub(r"\s+", " ", "".join(data for _, data in self._open)).strip()
        if text:
            self.found.append((self._open[0][0], text))
        self._open = [("", "")]


def leaks(texts: Iterable[tuple[str, str]]) -> list[str]:
    """The texts that tell a code where its name could stand."""
    found = []
    for tag, text in texts:
        left = text
        for code, name in NAMES.items():
            left = re.sub(rf"{name} \(?{code}\b\)?|\b{code}, {name}", name, left)
        is_key = tag == "td" and re.fullmatch(r"qz41; qz0\d; 2026", left)  # a row of the workbook, beside its cell
        if CODE.search(left) and not (is_key or any(known in left for known in AS_TYPED)):
            found.append(text)
        if TECHNICAL.search(left):
            found.append(text)
    return found


def leaks_of_page(page: Path) -> list[str]:
    return leaks(Texts(page.read_text("utf-8")).found)


def leaks_of_terminal(said: str) -> list[str]:
    return leaks(("", line) for line in said.splitlines())


def test_a_plan_tells_names(solved: Path) -> None:
    assert leaks_of_page(solved / "run" / "report.html") == []


@pytest.mark.parametrize("command", [*QUICK, *only_long(LONG)])
def test_an_analysis_tells_names(
    solved: Path, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(solved)
    capsys.readouterr()
    assert cli.run([part.replace("new", str(tmp_path / "new"), 1) for part in shlex.split(command)]) == 0
    said = capsys.readouterr()
    assert leaks_of_terminal(said.out + said.err) == []
    for page in tmp_path.rglob("*.html"):
        assert leaks_of_page(page) == [], page.name


def test_a_conflict_tells_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line must make more than it can."""
    locked = tmp_path / "locked"
    locked.mkdir()
    for name, text in (TABLES | {"Locks": LOCKED}).items():
        (locked / f"{name}.csv").write_text(text)
    capsys.readouterr()
    assert cli.run(["solve", str(locked), "-o", str(tmp_path / "new")]) == 3
    said = capsys.readouterr().err
    assert "Harbour works" in said
    assert leaks_of_terminal(said) == []
