"""From typed tables to the planning instance: defaults, groups, windows and money resolved."""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain.contingency.losses import Network, hit_funds, struck
from planner.domain.instance import Commitment, Item, Nation, PlanningInstance, Settings
from planner.domain.values import unit_values
from planner.workbook.instance.context import Context
from planner.workbook.instance.contingencies import certain, contingencies
from planner.workbook.instance.demand import demands, targets
from planner.workbook.instance.money import funds
from planner.workbook.instance.network import legs, node_items, nodes, route_items, supplies
from planner.workbook.instance.past import Things, past
from planner.workbook.instance.previous import previous_plan
from planner.workbook.instance.production import bill, expansions, lines, never_opened, resources
from planner.workbook.instance.rules import changeable, consents, locks, policies
from planner.workbook.instance.uncertainty import uncertainties
from planner.workbook.reading.reader import TypedWorkbook
from planner.workbook.reading.table import Cell, is_hidden, normalise
from planner.workbook.validate.unenforced import unenforced_rules

NOTE_HEADINGS = frozenset({"note", "notes", "what", "text", "remark", "remarks", "comment"})
MOST_HEADING = 24  # characters of a column's name in a notes sheet


def assemble(book: TypedWorkbook) -> PlanningInstance:
    """The planning instance of a workbook without errors."""
    assert book.horizon is not None
    assert not book.faults.errors
    context = Context(book, book.horizon)
    all_items = items(context)
    lost = certain(context)
    stated = nodes(context)
    all_resources = resources(context)
    network = Network(stated, lines(context, stated), legs(context))
    hits = [(hit, hit.holds(0, context.horizon.periods)) for hit in lost]
    all_nodes, all_lines, all_legs = struck(network, hits, context.horizon.periods)
    all_expansions = expansions(context, all_lines, all_resources, all_nodes)
    all_commitments = commitments(context)
    all_funds = hit_funds(funds(context), lost, context.horizon.fiscal_years)
    things = Things(all_nodes, all_lines, all_resources, all_expansions, all_items)
    return PlanningInstance(
        settings=settings(context),
        horizon=book.horizon,
        items=all_items,
        nodes=all_nodes,
        nations=nations(context),
        node_items=node_items(context),
        legs=all_legs,
        route_items=route_items(context),
        lines=all_lines,
        resources=all_resources,
        expansions=all_expansions,
        supplies=supplies(context),
        commitments=all_commitments,
        demands=demands(context, all_commitments),
        targets=targets(context),
        funds=all_funds,
        policies=policies(context, all_items),
        consents=consents(context, all_items, all_nodes, all_legs),
        locks=locks(context),
        changeable=changeable(context),
        contingencies=contingencies(context),
        certain=lost,
        uncertainties=uncertainties(context),
        previous=previous_plan(context, all_legs),
        past=past(context, things, all_funds, all_legs),
        removed_by_events=tuple(context.removed[place] for place in sorted(context.removed)),
        not_enforced=unenforced_rules(book),
        notes=notes(book),
        bill=bill(context),
        unit_values=unit_values(all_items, all_lines.values(), never_opened(context)),
    )


def settings(context: Context) -> Settings:
    """Sheet Settings, with defaults."""
    names = (
        "title", "currency", "discount_rate", "objective", "level_tolerance", "materiality", "marking", "key_tolerance", "frozen",
        "departure_cap", "risk_weight", "risk_tail",
    )  # fmt: skip
    return Settings(**{name: context.book.settings.values[name] for name in names})


def nations(context: Context) -> dict[str, Nation]:
    """Table Nations, by name."""
    columns = ("name", "beneficiary", "key", "contribution_min", "contribution_max", "work_share_min")
    return {
        nation: Nation(nation, title, frozenset(groups or ()), beneficiary, key, least, largest, work_share)
        for _, nation, groups, title, beneficiary, key, least, largest, work_share in context.rows(
            "Nations", "nation", "groups", *columns
        )
    }


def items(context: Context) -> dict[str, Item]:
    """Table Items, by name."""
    fields = {
        "name": "item",
        "title": "name",
        "category": "category",
        "cost_type": "cost_type",
        "lot": "lot",
        "domain": "domain",
        "unit": "unit",
        "weight_t": "weight",
        "volume_m3": "volume",
        "neq_kg": "neq",
        "shelf_life": "shelf_life",
        "holding_cost": "holding_cost",
        "scrap_cost": "scrap_cost",
        "value": "value",
    }  # of an item -> column
    rows = (dict(zip(fields, row, strict=True)) for _, *row in context.rows("Items", *fields.values()))
    return {row["name"]: Item(**{**row, "category": row["category"] or ""}) for row in rows}


def commitments(context: Context) -> dict[str, Commitment]:
    """Table Commitments, by name."""
    return {
        name: Commitment(name, title, pillar, context.groups.nations_in(pledged or ()), binding)
        for _, name, title, pillar, pledged, binding in context.rows(
            "Commitments", "commitment", "name", "pillar", "nations", "binding"
        )
    }


def _is_heading(row: Sequence[Cell]) -> bool:
    """Does the first row of a notes sheet name its columns?

    Then it has more than one, each a short text, one of them known.
    """
    texts = [cell for cell in row if cell is not None]
    short = all(isinstance(cell, str) and len(cell) <= MOST_HEADING for cell in texts)
    return len(texts) > 1 and short and any(normalise(str(cell)) in NOTE_HEADINGS for cell in texts[1:])


def notes(book: TypedWorkbook) -> tuple[str, ...]:
    """What the notes sheets say, a line for each row, and then the filled cells of note columns with their place.

    The row that heads a notes sheet (`topic`, `note`) says nothing by itself and is left out.
    What begins with `#` is ignored altogether: the template's help, the list of faults, what a planner sets aside.
    """
    lines = [
        f"{sheet.name}: " + " · ".join(str(cell) for cell in row if cell is not None)
        for sheet in book.raw.notes
        if not is_hidden(sheet.name)
        for row in (() if _is_heading(sheet.header) else (sheet.header,)) + sheet.rows
        if any(cell is not None for cell in row)
    ]
    for table in book.raw.tables:
        lines += [f"{place}: {text}" for place, text in table.notes()]
    return tuple(lines)
