"""Merging: who may state what, conflicts, placeholders, gaps, faults in the sender's words, and all or nothing."""

from __future__ import annotations

import csv
import errno
import json
from pathlib import Path

import jsonschema
import pytest

from planner import cli
from planner.errors import InputError, UsageError
from planner.exchange.merge.merging import Merged, merge
from planner.exchange.rights import CONTESTED, RIGHTS
from planner.run.folder import FolderError
from planner.schemas import schema
from planner.workbook import read
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.schema import BY_NAME
from planner.workbook.write.convert import write_workbook
from planner.workbook.write.differences import differences
from tests.unit.exchange.exchange_worlds import PL, three, write


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def refused(paths: list[Path], out: Path, *prefer: str) -> list[str]:
    """What is said where a merge is refused; nothing may be written then."""
    with pytest.raises(InputError) as raised:
        merge(paths, out, prefer)
    assert not out.exists()
    assert not list(out.parent.glob(".*"))
    return [str(fault) for fault in raised.value.faults]


def merged(paths: list[Path], out: Path, *prefer: str) -> tuple[Merged, RawInput]:
    found = merge(paths, out, prefer)
    reading = read(out)
    assert reading.faults == ()
    return found, reading.raw


def test_each_states_its_own_and_together_it_is_a_plan(tmp_path: Path) -> None:
    found, raw = merged(three(tmp_path), tmp_path / "all")
    assert found.gaps == ()
    assert found.decided == ()
    assert rows(tmp_path / "all" / "Routes.csv") == [
        ["origin", "destination", "mode", "cost", "capacity_t"],
        ["Works", "Depot", "road", "1", ""],
        ["Depot", "Front", "rail", "2", "40"],  # each end filled in a part of it
    ]
    assert rows(tmp_path / "all" / "Demand.csv")[0] == ["demand", "destination", "item", "2026-02", "2026-03"]
    assert {row[0] for row in rows(tmp_path / "all" / "Settings.csv")} == {"key", "start", "periods", "currency"}
    assert len(raw.notes) == 4
    record = json.loads((tmp_path / "all" / "merge.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema("merge"), cls=jsonschema.Draft202012Validator)
    assert [source["stated_by"] for source in record["sources"]] == ["cell", "PL", "UA"]


def test_a_workbook_says_the_same_as_a_folder(tmp_path: Path) -> None:
    paths = three(tmp_path)
    write_workbook(paths[1], tmp_path / "PL.xlsx")
    merged(paths, tmp_path / "all")
    merged([paths[0], tmp_path / "PL.xlsx", paths[2]], tmp_path / "all.xlsx")
    assert differences(read_raw(tmp_path / "all"), read_raw(tmp_path / "all.xlsx")) == []


def test_every_cell_tells_where_it_came_from(tmp_path: Path) -> None:
    paths = three(tmp_path)
    write_workbook(paths[1], tmp_path / "PL.xlsx")
    merged([paths[0], tmp_path / "PL.xlsx", paths[2]], tmp_path / "all")
    source = {tuple(row[:2]): row[2:] for row in rows(tmp_path / "all" / "#provenance.csv")[1:]}
    assert source["Routes", "D3"] == ["2", "PL.xlsx", "Routes", "D3"]
    assert source["Routes", "E3"] == ["40", "UA", "Routes", "D2"]
    assert source["Demand", "E2"] == ["5", "UA", "Demand", "E2"]
    filled = sum(bool(cell) for path in (tmp_path / "all").glob("[A-Z]*.csv") for row in rows(path)[1:] for cell in row)
    assert len(source) == filled


def test_a_workbook_that_does_not_say_who_speaks_is_told_how(tmp_path: Path) -> None:
    paths = three(tmp_path, pl={"Settings": "key,value\ntitle,mine\n"})
    assert refused(paths, tmp_path / "all") == [
        "PL: does not say who states it: Settings has no stated_by; expected a row with stated_by and a nation of "
        "Nations, or cell for the coordination cell"
    ]


def test_a_speaker_that_nobody_knows_is_a_fault(tmp_path: Path) -> None:
    paths = three(tmp_path, pl={"Settings": "key,value\nstated_by,PLL\n"})
    assert refused(paths, tmp_path / "all") == [
        "PL: is stated by 'PLL', which no workbook names in Nations, did you mean 'PL'?"
    ]


@pytest.mark.parametrize(
    ("table", "text", "place", "found"),
    [
        ("Nations", "nation\nPL\nUA\n", "A3", "nation UA"),
        ("Nodes", "node,kind,nation\nWorks,factory,PL\nDepot,depot,PL\nFront,depot,UA\n", "A4", "node Front"),
        ("NodeItems", "node,item,storage\nFront,gun,5\n", "A2", "node Front, item gun"),
        ("Stocks", "node,item,quantity\nDepot,gun,3\nFront,gun,4\n", "A3", "node Front, item gun"),
        ("Lines", "line,factory,item\nL,Works,gun\nM,Front,gun\n", "A3", "line M"),
        ("Capacity", "object,period,quantity\nFront,1,4\n", "A2", "object Front, period 1"),
        ("Expansions", "expansion,node,cost\nMore,Front,4\n", "A2", "expansion More"),
        ("Resources", "resource,factory,capacity\nHands,Front,4\n", "A2", "resource Hands"),
        ("Budgets", "fund,contributor,year,amount\nJoint,UA,2026,1\n", "A2", "fund Joint, contributor UA, year 2026"),
        ("Consents", "consent,nation,kind\nYes,UA,export\n", "A2", "consent Yes"),
        ("Demand", "demand,destination,item,period,quantity\nMore,Front,gun,1,1\n", "A2", "demand More"),
        ("Actuals", "kind,node,item,period,quantity\nstock,Front,gun,1,1\n", "A2", "period 1, kind stock, node Front, item gun"),
    ],
)  # fmt: skip
def test_nobody_speaks_for_another(tmp_path: Path, table: str, text: str, place: str, found: str) -> None:
    said = refused(three(tmp_path, pl={table: text}), tmp_path / "all")
    assert len(said) == 1
    assert said[0].startswith(
        f"PL/{table}.csv:{place}: found {found}, which is for UA to state; of {table}, PL states "
    )


def test_both_ends_of_a_route_state_it_and_what_differs_is_a_conflict(tmp_path: Path) -> None:
    route = "origin,destination,mode,cost,capacity_t\nDepot,Front,rail,2.0,40\n"
    merged(three(tmp_path / "same", ua={"Routes": route}), tmp_path / "all")
    other = three(tmp_path / "other", ua={"Routes": route.replace("2.0", "3").replace("40", "60")})
    said = refused(other, tmp_path / "none")
    assert said == [
        "PL/Routes.csv:D3: conflict over cost of route Depot>Front:rail: PL says '2' (PL/Routes.csv:D3); "
        "UA says '3' (UA/Routes.csv:D2); one of them changes it, or --prefer PL decides"
    ]
    found, _ = merged(other, tmp_path / "decided", "UA", "PL")
    assert [(conflict.column, conflict.decided) for conflict in found.decided] == [("cost", "UA")]
    assert rows(tmp_path / "decided" / "Routes.csv")[2] == ["Depot", "Front", "rail", "3", "60"]
    assert rows(tmp_path / "decided" / "#conflicts.csv")[1:] == [
        ["Routes", "route Depot>Front:rail", "cost", "PL", "2", "PL", "Routes!D3", "no"],
        ["Routes", "route Depot>Front:rail", "cost", "UA", "3", "UA", "Routes!D2", "yes"],
    ]


def test_all_conflicts_are_named_at_once(tmp_path: Path) -> None:
    ua = {
        "Items": "item,weight,value,neq\ngun,3,90,much\n",
        "Eligibility": "fund,cost_types\nJoint,procurement\n",
    }
    said = refused(three(tmp_path, ua=ua), tmp_path / "all")
    assert said.pop(0).startswith("UA/Items.csv:D2 (neq): found 'much', expected a number")
    assert [line.partition(":")[0] + line.partition("conflict over")[2].partition(":")[0] for line in said] == [
        "cell/Items.csv weight of item gun",
        "cell/Items.csv value of item gun",
        "UA/Items.csv neq of item gun",
        "cell/Eligibility.csv the rows of fund Joint",
    ]


@pytest.mark.parametrize("table", ["Items", "Eligibility"])
def test_the_preferred_decides_also_where_another_said_the_same_before(tmp_path: Path, table: str) -> None:
    one, other = {
        "Items": ("item,unit,value\ngun,piece,5\n", "item,unit,value\ngun,piece,6\n"),
        "Eligibility": ("fund,cost_types\nJoint,transport\n", "fund,cost_types\nJoint,storage\n"),
    }[table]
    paths = three(tmp_path, pl={table: one}, ua={table: other}, cell={table: one})
    found = merge([paths[1], paths[2], paths[0]], tmp_path / "all", ["cell"])
    assert [(conflict.table, conflict.decided) for conflict in found.decided] == [(table, "cell")]


def test_the_currency_and_the_calendar_are_not_a_matter_of_preference(tmp_path: Path) -> None:
    paths = three(tmp_path, ua={"Settings": "key,value\nstated_by,UA\ncurrency,UAH\nstart,2026-01-01\n"})
    said = refused(paths, tmp_path / "all", "cell")
    assert len(said) == 1  # the start is the same
    assert "the workbooks must agree" in said[0]


def test_two_files_of_one_sender_cannot_be_preferred(tmp_path: Path) -> None:
    paths = [*three(tmp_path), write(tmp_path / "again", {**PL, "Stocks": "node,item,quantity\nDepot,gun,4\n"})]
    said = refused(paths, tmp_path / "all", "PL")
    assert len(said) == 1
    assert "PL sent both: send one, or let them agree" in said[0]
    same = [*paths[:3], write(tmp_path / "same", PL)]
    merged(same, tmp_path / "all")


def test_what_is_the_cells_to_state_no_nation_states_alone(tmp_path: Path) -> None:
    """A cell that the cell leaves blank, and a row that it does not state: each is shown with its sender."""
    fund = "fund,kind,interest\nJoint,budget,0.02\nOther,grant,\n"
    paths = three(tmp_path, pl={"Funds": fund})
    said = refused(paths, tmp_path / "all")
    assert [line.partition(":")[0] for line in said] == ["PL/Funds.csv", "PL/Funds.csv"]
    assert (
        "conflict over interest of fund Joint: PL says '0.02' (PL/Funds.csv:C2); it is for the cell to state" in said[0]
    )
    assert "conflict over the row of fund Other: PL says 'Other'" in said[1]
    found, raw = merged(paths, tmp_path / "all", "PL")
    assert [row[0] for row in raw.table("Funds").rows] == ["Joint", "Other"]  # type: ignore[union-attr]
    assert [conflict.decided for conflict in found.decided] == ["PL", "PL"]
    _, raw = merged(paths, tmp_path / "without", "cell")
    assert [row[0] for row in raw.table("Funds").rows] == ["Joint"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("Policies", "policy,kind,nations\nNo,forbid,UA\n"),
        ("Policies", "policy,kind,items\nAll,forbid,gun\n"),
        ("Policies", "policy,kind,nodes,share\nMine,smallest_share,Works,1\n"),
        ("Locks", "lock,kind,node,maximum\nNone,deliver,Front,0\n"),
        ("Locks", "lock,kind,item,maximum\nNone,make,gun,0\n"),
        ("Currencies", "currency,rate\nPLN,9\n"),
        ("Settings", "key,value\nstated_by,PL\nkey_tolerance,0.1\n"),
        ("Funds", "fund,kind,min_nations\nMine,budget,9\n"),
        ("Eligibility", "fund,producers\nMine,PL\n"),
        ("Budgets", "fund,contributor,year,amount\nJoint,,2026,9\n"),
        ("Components", "item,component,quantity\ngun,gun,1\n"),
        ("Targets", "target,nodes,items,quantity\nMore,Front,gun,9\n"),
        ("Options", "option,table,where,column,change,value\nX,Demand,,quantity,scale,0\n"),
        ("Events", "event,period\npeace,1\n"),
        ("Commitments", "commitment,binding\nMine,yes\n"),
        ("Contingencies", "contingency,period,window\nStorm,1,1\n"),
        ("Disruptions", "kind,name,factor\nnode,Front,0\n"),
        ("Items", "item,value\ntank,1\n"),
    ],
)
def test_no_nation_changes_what_counts_for_all(tmp_path: Path, table: str, text: str) -> None:
    said = refused(three(tmp_path, pl={table: text}), tmp_path / "all")
    assert said
    assert all(line.startswith(f"PL/{table}.csv") for line in said)
    assert any("it is for the cell to state, which says nothing" in line for line in said)


VALUES = {"number": ("0.25", "0.5"), "integer": ("1", "2"), "yesno": ("yes", "no"), "text": ("one", "two"), "name": ("one", "two"),
          "names": ("one", "two"), "period": ("1", "2"), "kind": ("a", "b")}  # fmt: skip
OWN = {  # a row of PL: its key, and what makes it PL's
    "Nations": {"nation": "PL"},
    "Nodes": {"node": "Depot", "kind": "depot", "nation": "PL"},
    "Lines": {"line": "Works:gun", "factory": "Works", "item": "gun"},
    "Resources": {"resource": "Hall", "factory": "Works"},
    "Demand": {"demand": "Mine", "destination": "Depot", "item": "gun", "period": "1", "quantity": "1"},
    "Items": {"item": "gun"},  # the cell's
    "Funds": {"fund": "Joint"},
    "Commitments": {"commitment": "Mine"},
    "Targets": {"target": "Mine", "nodes": "Depot", "items": "gun"},
    "Policies": {"policy": "Mine", "kind": "forbid"},
}


@pytest.mark.parametrize("name", OWN)
def test_in_every_column_the_cell_decides_has_a_say_or_none(tmp_path: Path, name: str) -> None:
    """Where the cell and PL differ: a conflict in what is the cell's, or weighs PL against others;
    else PL's word holds.
    """
    columns = [column for column in BY_NAME[name].columns if column.name not in OWN[name] and column.kind in VALUES]
    assert len(columns) > 0
    values = {column.name: tuple(column.choices[:2]) or VALUES[column.kind] for column in columns}
    texts = []
    for speaker in (0, 1):
        row = OWN[name] | {column: both[speaker] for column, both in values.items()}
        texts.append(",".join(row) + "\n" + ",".join(row.values()) + "\n")
    paths = three(tmp_path, cell={name: texts[0]}, pl={name: texts[1]})
    try:
        merge(paths, tmp_path / "all")
        said: list[str] = []
    except InputError as problem:
        said = [str(fault) for fault in problem.faults]
    in_conflict = {line.partition("conflict over ")[2].partition(" of ")[0] for line in said if "conflict over" in line}
    expected = CONTESTED.get(name, frozenset()) if name in RIGHTS else values.keys()
    assert in_conflict == expected & values.keys()
    assert all("PL says" in line and "cell says" in line for line in said if "conflict over" in line)


def test_every_column_that_weighs_a_nation_against_others_is_contested() -> None:
    """All but what says what is wanted, where and when, or who the nation is."""
    plain = {"Nations": {"nation", "name"}, "Nodes": set(), "Demand": {"demand", "destination", "item", "period", "quantity",
             "max_delay", "overdue", "currency"}}  # fmt: skip
    for name in ("Nations", "Demand"):
        assert CONTESTED[name] | plain[name] == {column.name for column in BY_NAME[name].columns}


def test_a_wide_demand_does_not_change_the_priority_that_the_cell_gave_it(tmp_path: Path) -> None:
    ua = {"Demand": "demand,destination,item,priority,2026-02,2026-03\nGuns,Front,gun,9,4,5\n"}
    cell = {"Demand": "demand,destination,item,priority,2026-02\nGuns,Front,gun,2,1\n"}
    paths = three(tmp_path, cell=cell, ua=ua)
    (said,) = refused(paths, tmp_path / "all")
    assert "conflict over priority of demand Guns: UA says '9' (UA/Demand.csv:D2); cell says '2'" in said
    for prefer, priority in (("cell", "2"), ("UA", "9")):
        merged(paths, tmp_path / f"by {prefer}", prefer)
        table = rows(tmp_path / f"by {prefer}" / "Demand.csv")
        assert [table[1][table[0].index(column)] for column in ("priority", "2026-02", "2026-03")] == [
            priority,
            "4",
            "5",
        ]


def test_a_placeholder_holds_only_where_the_owner_is_silent(tmp_path: Path) -> None:
    cell = {
        "Lines": "line,factory,item,unit_cost,capacity,yield\nWorks:gun,Works,gun,99,88,0.5\n",
        "Stocks": "node,item,quantity\nDepot,gun,1\nDepot,gun,1\nWorks,gun,6\n",
        "Nations": "nation,name\nRO,Romania\n",
    }
    found, _ = merged(three(tmp_path, cell=cell), tmp_path / "all")
    assert rows(tmp_path / "all" / "Lines.csv") == [
        ["line", "factory", "item", "unit_cost", "capacity", "yield"],
        ["Works:gun", "Works", "gun", "10", "7", "0.5"],
    ]
    assert rows(tmp_path / "all" / "Stocks.csv")[1:] == [["Depot", "gun", "3"], ["Works", "gun", "6"]]
    assert found.decided == ()
    assert [(gap.kind, gap.nation, gap.sheet, gap.cell) for gap in found.gaps] == [
        ("silent", "RO", "", ""),
        ("placeholder", "RO", "Nations", "A2"),
        ("placeholder", "PL", "Lines", "A2"),
        ("placeholder", "PL", "Stocks", "A3"),
    ]
    assert found.gaps[2].message == "line Works:gun: the cell stands in for PL with yield"
    assert [row[0] for row in rows(tmp_path / "all" / "#gaps.csv")[1:]] == [gap.kind for gap in found.gaps]


def test_a_wide_demand_is_taken_whole_from_its_owner(tmp_path: Path) -> None:
    cell = {"Demand": "demand,destination,item,period,quantity\nGuns,Front,gun,2026-01,9\nElse,Front,gun,1,2\n"}
    found, _ = merged(three(tmp_path, cell=cell), tmp_path / "all")
    assert rows(tmp_path / "all" / "Demand.csv") == [
        ["demand", "destination", "item", "2026-01", "2026-02", "2026-03"],
        ["Guns", "Front", "gun", "", "4", "5"],
        ["Else", "Front", "gun", "2", "", ""],
    ]
    assert [gap.message for gap in found.gaps] == [
        "demand Else: the cell stands in for UA with demand, destination, item, 2026-01"
    ]


def test_whose_a_node_is_may_be_in_dispute(tmp_path: Path) -> None:
    paths = three(tmp_path, cell={"Nodes": "node,nation,lat\nDepot,UA,50\n"})
    said = refused(paths, tmp_path / "all")
    assert "conflict over nation of node Depot: PL says 'PL' (PL/Nodes.csv:C3); cell says 'UA'" in said[0]


def test_a_node_that_nobody_claims_is_a_gap(tmp_path: Path) -> None:
    nodes = "node,kind,nation\nWorks,factory,\nDepot,depot,PL\n"
    found, _ = merged(three(tmp_path, pl={"Nodes": nodes}), tmp_path / "all")
    assert [(gap.kind, gap.nation, gap.message) for gap in found.gaps] == [
        ("unclaimed", "PL", "PL/Nodes.csv:A2: PL states node Works, and nobody says which nation holds it")
    ]


def test_names_that_nobody_states_are_faults_or_gaps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cell, pl, _ = three(tmp_path, cell={"Nations": "nation\nUA\n"})
    demand = "demand,destination,item,period,quantity\nGuns,Depot,gun,2,4\n"
    (pl / "Demand.csv").write_text(demand, encoding="utf-8")
    said = refused([cell, pl], tmp_path / "all")
    assert len(said) == 1
    assert said[0].startswith("PL/Routes.csv:B3 (destination): found 'Front', expected a node of Nodes")
    assert cli.run(["merge", str(cell), str(pl), "-o", str(tmp_path / "all")]) == 2
    way_out = capsys.readouterr().err.splitlines()[-1]
    assert way_out.startswith("Names that nobody states: 1 of them (UA sent nothing).")
    assert "--with-gaps" in way_out
    found = merge([cell, pl], tmp_path / "all", with_gaps=True)
    assert [(gap.kind, gap.message) for gap in found.gaps if gap.kind in ("silent", "reference")] == [
        ("silent", "UA sent nothing"),
        ("reference", "PL/Routes.csv:B3 names Front, a node that nobody states"),
    ]
    assert (tmp_path / "all" / "Routes.csv").exists()


def test_faults_are_told_in_the_words_of_the_file_that_said_it(tmp_path: Path) -> None:
    paths = three(
        tmp_path,
        pl={
            "Lines": "line,factory,item,unit_cost (kEUR)\n,Works,gun,ten\n",
            "Stocks": "node,item,age\nDepot,gun,1.5\n",
        },
        ua={"Nods": "node\nX\n"},
    )
    assert refused(paths, tmp_path / "all") == [
        "UA/Nods.csv: found the sheet 'Nods', which is no table, did you mean 'Nodes'?"
    ]
    (paths[2] / "Nods.csv").unlink()
    said = refused(paths, tmp_path / "all")
    assert [line.partition(": ")[0] for line in said] == [
        "PL/Lines.csv:D1", "PL/Lines.csv:D2 (unit_cost)", "PL/Stocks.csv:C2 (age)",
    ]  # fmt: skip


def test_faults_of_the_whole_name_the_cells_of_the_parts(tmp_path: Path) -> None:
    demand = "demand,destination,item,period,quantity\nGuns,Front,gun,2,4\nGuns,Front,gun,3,4\n"
    said = refused(three(tmp_path, ua={"Demand": demand}, cell={"Items": "item,weight\ngun,2\n"}), tmp_path / "all")
    assert said == ["UA/Demand.csv:A3 (demand): found 'Guns' a second time; UA/Demand.csv:A2 has it already"]
    missing = three(tmp_path / "missing", ua={"Demand": "demand\n"})
    assert refused(missing, tmp_path / "all")[0].startswith("all workbooks together, Demand: the table is missing")


def test_a_demand_that_goes_by_its_row_must_have_a_name(tmp_path: Path) -> None:
    ua = {
        "Demand": "destination,item,period,quantity\nFront,gun,2,4\n",
    }
    cell = {"Locks": "lock,kind,demand,quantity\nL,deliver,Demand 2,4\n"}
    said = refused(three(tmp_path, ua=ua, cell=cell), tmp_path / "all")
    assert said == [
        "cell/Locks.csv:C2: found 'Demand 2', which goes by a row's number; expected a name, given to that demand"
    ]


def test_notes_come_along_and_are_no_conflict(tmp_path: Path) -> None:
    routes = "origin,destination,mode,note\nDepot,Front,rail,ours\n"
    paths = three(tmp_path, ua={"Routes": routes}, pl={"Routes": PL["Routes"].replace("cost", "note")})
    merged(paths, tmp_path / "all")
    assert rows(tmp_path / "all" / "Routes.csv")[2] == ["Depot", "Front", "rail", "2"]


def test_sheets_of_notes_come_along_under_the_name_of_their_nation(tmp_path: Path) -> None:
    text = "topic,note\nAbout,{}\n"
    paths = three(tmp_path, cell={"notes": text.format("us")}, pl={"notes sources": text.format("them"), "#own": "a\n"})
    _, raw = merged(paths, tmp_path / "all.xlsx")
    notes = {note.name: [*note.rows] for note in raw.notes if note.name.startswith("notes")}
    assert notes == {"notes": [("About", "us")], "notes PL": [("About", "them")]}
    assert not any(note.name == "#own" for note in raw.notes)


def test_provenance_goes_on_where_a_sheet_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    merge(three(tmp_path), tmp_path / "all")
    monkeypatch.setattr("planner.exchange.merge.merged.MOST_ROWS", 50)
    merge([tmp_path / name for name in ("cell", "PL", "UA")], tmp_path / "parts")
    parts = [
        rows(path)
        for path in sorted((tmp_path / "parts").glob("#prov*.csv"), key=lambda path: (len(path.name), path.name))
    ]
    assert len(parts) > 1
    assert [row for part in parts for row in part[1:]] == rows(tmp_path / "all" / "#provenance.csv")[1:]


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = three(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("planner.exchange.merge.merging.write_sheets", full)
    monkeypatch.setattr("planner.exchange.merge.merging.write_csv_folder", full)
    for name in ("all.xlsx", "all"):
        with pytest.raises(FolderError, match="the disk is full"):
            merge(paths, tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["PL", "UA", "cell"]


def test_a_merge_is_refused_where_it_cannot_work(tmp_path: Path) -> None:
    paths = three(tmp_path)
    with pytest.raises(UsageError, match="two workbooks or more"):
        merge(paths[:1], tmp_path / "all")
    with pytest.raises(UsageError, match="given twice"):
        merge([paths[0], paths[0]], tmp_path / "all")
    with pytest.raises(UsageError, match="one of the workbooks"):
        merge(paths, paths[0])
    with pytest.raises(UsageError, match="sent no workbook"):
        merge(paths, tmp_path / "all", ["FR"])
    with pytest.raises(UsageError, match="neither an"):
        merge(paths, tmp_path / "all.ods")
    merge(paths, tmp_path / "all.xlsx")
    with pytest.raises(UsageError, match="exists"):
        merge(paths, tmp_path / "all.xlsx")
    merge(paths, tmp_path / "all.xlsx", replace=True)
    merge(paths, tmp_path / "all")
    merge(paths, tmp_path / "all", replace=True)


def test_the_command_lists_what_was_decided_and_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    routes = "origin,destination,mode,cost\nDepot,Front,rail,9\n"
    paths = three(tmp_path, ua={"Routes": routes}, cell={"Nations": "nation\nRO\nBG\n"})
    command = ["merge", *map(str, paths), "-o", str(tmp_path / "all.xlsx"), "--limit", "1"]
    assert cli.run(command) == 2
    assert capsys.readouterr().err.endswith("1 fault in the input; nothing was written.\n")
    assert cli.run([*command, "--prefer", "cell,UA"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Merged: 21 rows from PL, UA, cell"
    assert said[1] == "1 conflict decided as preferred:"
    assert said[2].endswith("holds: UA")
    assert said[3:6] == ["Nations that sent nothing: 2", "  RO sent nothing", "  … and 1 more (--limit)"]
    assert said[-1].startswith("Written: ")
