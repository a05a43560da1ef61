"""Nothing of another nation's withheld data is anywhere in an extract: every byte is searched, archives unpacked.

What is withheld is worked out here from the CSV files of the sample, without the code that extracts. The plan is made
up (the coalition takes long to solve): every line, route, node, demand and budget has figures in it, each figure
its own number.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import random
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from planner.exchange.extract import extract
from planner.records.parts import InputFile
from planner.records.reading import write_record
from planner.run.tables import write_tables
from planner.workbook.write.results import RESULT_TABLES
from tests.places import INPUTS
from tests.run_json import run_record
from tests.seeds import only_long

SAMPLE = INPUTS / "coalition.xlsx"
PLACE = "/somewhere/private/coalition.xlsx"
SHARED = ("Settings", "Currencies", "Events", "Items", "Components", "Commitments", "Funds", "Eligibility")
NUMBER = re.compile(rb"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
Row = Mapping[str, str]


@dataclass
class Coalition:
    """The sample as plain rows, without notes."""

    tables: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in SAMPLE.with_suffix("").glob("[A-Z]*.csv"):
            with path.open(encoding="utf-8", newline="") as stream:
                rows = [*csv.DictReader(stream)]
            self.tables[path.stem] = [
                {name: text for name, text in row.items() if text and not name.startswith("note")} for row in rows
            ]

    @property
    def homes(self) -> dict[str, str]:
        return {row["node"]: row.get("nation", "") for row in self.tables["Nodes"]}

    @property
    def lines(self) -> dict[str, str]:
        """Line -> nation."""
        rows = self.tables["Lines"]
        return {row.get("line") or f"{row['factory']}:{row['item']}": self.homes[row["factory"]] for row in rows}

    def routes(self) -> Iterator[tuple[str, Row, set[str]]]:
        """Name, row and nations of each route."""
        for row in self.tables["Routes"]:
            name = row.get("route") or f"{row['origin']}>{row['destination']}:{row['mode']}"
            yield name, row, {self.homes[row["origin"]], self.homes[row["destination"]]}

    def own_rows(self, nation: str) -> Iterator[tuple[str, Row]]:
        """The rows that a nation sees in full: its own, and the shared tables."""
        homes, lines = self.homes, self.lines
        routes = {name for name, _, nations in self.routes() if nation in nations}
        resources = {r["resource"] for r in self.tables["Resources"] if homes.get(r.get("factory", "")) == nation}
        things = routes | resources | {x for x, n in (homes | lines).items() if n == nation}
        named = {"Nations": "nation", "Nodes": "nation", "Budgets": "contributor", "Consents": "nation"}
        placed = {"NodeItems": "node", "Stocks": "node", "Lines": "factory", "Resources": "factory",
                  "Demand": "destination"}  # fmt: skip
        for table, rows in self.tables.items():
            for row in rows:
                own = (
                    (table in SHARED and lines.get(row.get("line", ""), nation) == nation)
                    or row.get(named.get(table, "")) == nation
                    or homes.get(row.get(placed.get(table, ""), "")) == nation
                    or (table in ("RouteItems", "ResourceUse", "Capacity", "Expansions") and things & set(row.values()))
                )
                if own:
                    yield table, row
        yield from (("Routes", row) for _, row, nations in self.routes() if nation in nations)

    def withheld_names(self, nation: str) -> set[str]:
        """Names of others' things that nothing the nation may see speaks of."""
        seen = "\n".join(text for _, row in self.own_rows(nation) for text in row.values())
        names = {name for name, home in (self.homes | self.lines).items() if home != nation}
        names |= {row["demand"] for row in self.tables["Demand"] if self.homes[row["destination"]] != nation}
        for table, column in (("Resources", "resource"), ("Expansions", "expansion"), ("Nodes", "name")):
            names |= {row[column] for row in self.tables[table]}
        return {name for name in names if name not in seen}

    def withheld_numbers(self, nation: str) -> set[bytes]:
        """Numbers of five digits or more that stand in no row that the nation may see."""
        seen = {text for _, row in self.own_rows(nation) for text in row.values()}
        every = {text for rows in self.tables.values() for row in rows for text in row.values()}
        return {text.encode() for text in every - seen if re.fullmatch(r"\d+(\.\d+)?", text) and len(text) >= 5}


def contents(place: Path) -> bytes:
    """Every byte of a file or folder, names of files too, archives unpacked."""
    files = [place] if place.is_file() else [path for path in sorted(place.rglob("*")) if path.is_file()]
    found = [str(path.relative_to(place.parent)).encode() for path in files]
    for path in files:
        found.append(path.read_bytes())
        if zipfile.is_zipfile(path):
            found += _members(path.read_bytes())
    return b"\n".join(found)


def _members(archive: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        yield packed.comment
        for entry in packed.infolist():
            data = packed.read(entry)
            yield entry.filename.encode() + b"\n" + entry.comment + b"\n" + data
            if zipfile.is_zipfile(io.BytesIO(data)):
                yield from _members(data)


def every_workbook() -> set[bytes]:
    """Numbers that stand in each workbook, whatever it says: its colours and fonts."""
    saved = io.BytesIO()
    Workbook().save(saved)
    return {number for member in _members(saved.getvalue()) for number in NUMBER.findall(member)}


def found_names(names: Iterable[str], where: bytes) -> set[str]:
    return {name for name in names if name.encode() in where or escape(name).encode() in where}


@dataclass
class MadeUp:
    """A run folder of the coalition with figures for everything; whose each figure is."""

    folder: Path
    whose: dict[bytes, set[str]]


@pytest.fixture(scope="module")
def world() -> Coalition:
    return Coalition()


@pytest.fixture(scope="module")
def made_up(world: Coalition, tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    folder = tmp_path_factory.mktemp("made-up") / "run"
    folder.mkdir()
    whose: dict[bytes, set[str]] = {}
    write_tables({name: _frame(name, rows, whose) for name, rows in _rows(world).items()}, folder / "tables")
    calendar = run_record().calendar.but(
        periods=36, labels=[f"P{n}" for n in range(1, 37)], fiscal_years=[2026 + n // 12 for n in range(36)]
    )
    made_of = InputFile(file=SAMPLE.name, path=PLACE, sha256=hashlib.sha256(SAMPLE.read_bytes()).hexdigest())
    record = run_record(title="Made up", marking="ILLUSTRATIVE", calendar=calendar, input=made_of)
    write_record(record, folder / "run.json")
    return MadeUp(folder, whose)


def _rows(world: Coalition) -> dict[str, list[tuple[set[str], dict[str, object]]]]:
    """Rows without their figures by table, and the nations that may see each."""
    homes, lines = world.homes, world.lines
    stands = {(r.get("line") or f"{r['factory']}:{r['item']}"): r for r in world.tables["Lines"]}
    made = [({n}, {"line": x, "factory": stands[x]["factory"], "nation": n, "item": stands[x]["item"]})
            for x, n in lines.items()]  # fmt: skip
    kept = [({n}, {"node": x, "item": "R155"}) for x, n in homes.items()]
    moved = [(n, {"route": x, "origin": r["origin"], "destination": r["destination"], "mode": "m", "item": "R155"})
             for x, r, n in world.routes()]  # fmt: skip
    wanted = [({homes[r["destination"]]}, {"demand": r["demand"], "commitment": r["commitment"],
               "destination": r["destination"], "item": r["item"], "due": 1}) for r in world.tables["Demand"]]  # fmt: skip
    paid = [({n} - {"EU"} or {""}, {"fund": "SAFE", "contributor": n, "cost_type": "procurement", "object": x, "nation": m, "year": 2026})
            for n in ("PL", "DE", "FR", "EU") for x, m in lines.items()]  # fmt: skip
    bought = [({lines.get(r.get("line", ""), "")}, {"expansion": r["expansion"], "object": r.get("line", "")})
              for r in world.tables["Expansions"] if "line" in r]  # fmt: skip
    nations = [({r["nation"]}, {"nation": r["nation"], "year": 2026}) for r in world.tables["Nations"]]
    priced = [({n}, {"family": "line_capacity", "object": x, "level": "cost", "unit": "EUR"}) for x, n in lines.items()]
    priced += [({n}, {"family": "storage", "object": x, "level": "cost", "unit": "EUR"}) for x, n in homes.items()]
    priced += [(n if len(n) == 1 else set(), {"family": "route_capacity", "object": x, "level": "cost", "unit": "EUR"})
               for x, _, n in world.routes()]  # fmt: skip
    priced += [
        (set(), {"family": "fund_limit", "object": f"SAFE {n}", "level": "cost", "unit": "EUR"}) for n in ("PL", "DE")
    ]
    expiring = [({n}, {"flow": "stock", "object": x, "item": "R155"}) for x, n in homes.items()]
    expiring += [(n if len(n) == 1 else set(), {"flow": "shipment", "object": x, "item": "R155", "origin": r["origin"],
                  "destination": r["destination"]}) for x, r, n in world.routes()]  # fmt: skip
    allotted = [({n}, {"fund": "SAFE", "line": x, "item": "R155", "nation": "UA"}) for x, n in lines.items()]
    targets = [(_alone(r, homes), {"target": r["target"]}) for r in world.tables["Targets"]]
    return {"production": made, "shipments": moved, "stocks": kept, "scrap": kept, "deliveries": wanted,
            "shortfalls": wanted[:200], "payments": paid, "investments": bought, "nations": nations, "ledger": nations,
            "burden_sharing": nations, "prices": priced, "expiry": expiring, "allocations": allotted,
            "targets": targets}  # fmt: skip


def _alone(target: Row, homes: Mapping[str, str]) -> set[str]:
    places = {homes.get(name.strip(), name.strip()) for name in target["nodes"].split(";")}
    return places if len(places) == 1 else set()


TEXTS = {"line", "factory", "nation", "item", "node", "route", "origin", "destination", "mode", "demand", "commitment",
         "fund", "contributor", "cost_type", "object", "expansion", "family", "level", "unit", "flow", "target"}  # fmt: skip
COUNTS = {"period", "arrives", "due", "ready", "expires", "year", "cash_year"}


def _frame(name: str, rows: Iterable[tuple[set[str], dict[str, object]]], whose: dict[bytes, set[str]]) -> pd.DataFrame:
    """The rows with their figures filled in: each a number that stands nowhere else."""
    draw = random.Random(name)
    filled = []
    for number, (nations, row) in enumerate(rows):
        full = dict(row)
        for column in RESULT_TABLES[name].columns:
            if column in full:
                continue
            if column in COUNTS:
                full[column] = 2026 if "year" in column else 1 + number % 2
            elif column in TEXTS:
                full[column] = ""
            else:
                full[column] = draw.randint(10**11, 10**12) / 10**6
                whose[repr(full[column]).encode()] = nations
        filled.append(full)
    return pd.DataFrame(filled, columns=[*RESULT_TABLES[name].columns])


def test_what_is_searched_for_is_there_to_be_found(world: Coalition) -> None:
    """The search finds what is in the input itself, so that an empty result means something."""
    everything = contents(SAMPLE)
    for nation in ("PL", "IS"):
        names, numbers = world.withheld_names(nation), world.withheld_numbers(nation)
        assert len(names) > 1500
        assert len(numbers) > 300
        named = {name for name in names if ":" not in name}  # names of lines follow from other columns
        assert found_names(named, everything) == named
        assert len(numbers & {*NUMBER.findall(everything)}) > 0.9 * len(numbers)
    assert "AT Nuthatch" in world.withheld_names("DE")
    assert "PL Maple" not in world.withheld_names("DE")  # at the other end of one of its routes


@pytest.mark.parametrize("nation", ["PL", "IS", *only_long(["DE", "UA", "RO", "NZ"])])
@pytest.mark.parametrize("suffix", [".xlsx", ""])
def test_nothing_withheld_is_in_an_extract_of_the_input(
    nation: str, suffix: str, world: Coalition, tmp_path: Path
) -> None:
    out = tmp_path / f"view{suffix}"
    given = extract(SAMPLE, nation, out)
    assert given.rows["Items"] == len(world.tables["Items"])
    bytes_ = contents(out)
    assert found_names(world.withheld_names(nation), bytes_) == set()
    assert world.withheld_numbers(nation) & ({*NUMBER.findall(bytes_)} - every_workbook()) == set()
    assert b"illustrative:" not in bytes_  # notes
    assert b"sourced" not in bytes_


@pytest.mark.parametrize("nation", ["UA", "cell", *only_long(["PL", "DE", "IS"])])
def test_nothing_withheld_is_in_an_extract_of_the_plan(
    nation: str, world: Coalition, made_up: MadeUp, tmp_path: Path
) -> None:
    extract(SAMPLE, nation, tmp_path / "view", made_up.folder)
    everything, plan = contents(tmp_path / "view"), contents(tmp_path / "view" / "tables")
    plan += contents(tmp_path / "view" / "plan.xlsx") + contents(tmp_path / "view" / "extract.json")
    if nation != "cell":
        assert found_names(world.withheld_names(nation), everything) == set()
        far = {name for name, home in world.homes.items() if home != nation}  # not even the other ends of its routes
        assert found_names(far, plan) == set()
    own = "" if nation == "cell" else nation
    others = {figure for figure, nations in made_up.whose.items() if own not in nations}
    assert len(others) > 2000
    assert others & {*NUMBER.findall(everything)} == set()
    assert PLACE.encode() not in everything
    assert str(made_up.folder.parent).encode() not in everything


@pytest.mark.parametrize("nation", ["DE", *only_long(["PL", "UA"])])
def test_what_is_its_own_is_in_the_extract_of_the_plan(nation: str, made_up: MadeUp, tmp_path: Path) -> None:
    extract(SAMPLE, nation, tmp_path / "view", made_up.folder)
    tables = contents(tmp_path / "view" / "tables")
    found = {*NUMBER.findall(tables)}
    read = pd.read_csv(made_up.folder / "tables" / "production.csv", keep_default_na=False)
    own = {repr(value).encode() for value in read.loc[read["nation"] == nation, "quantity"]}
    assert own
    assert own <= found
    summed = pd.read_csv(tmp_path / "view" / "tables" / "production_others.csv")
    assert not summed.empty


def test_a_sum_can_be_told_from_no_other_sum(made_up: MadeUp, tmp_path: Path) -> None:
    """At least three other nations are in each; what it is less any one figure is not given either."""
    extract(SAMPLE, "PL", tmp_path / "view", made_up.folder)
    table = pd.read_csv(made_up.folder / "tables" / "production.csv", keep_default_na=False)
    others = table[~table["nation"].isin(["PL", ""])]
    expected = {}
    for (item, period), rows in others.groupby(["item", "period"]):
        if rows["nation"].nunique() >= 3:
            expected[item, period] = rows["quantity"].sum()
    given = pd.read_csv(tmp_path / "view" / "tables" / "production_others.csv")
    found = {(row.item, row.period): row.quantity for row in given.itertuples()}
    assert found == pytest.approx(expected)
    assert list(given.columns) == ["item", "period", "quantity"]
    differences = {round(a - b, 4) for a, b in itertools.permutations(found.values(), 2)}
    assert not differences & {round(float(value), 4) for value in others["quantity"]}
