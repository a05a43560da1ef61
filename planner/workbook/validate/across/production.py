"""Rules about lines, resources, components and expansions."""

from __future__ import annotations

import networkx as nx

from planner.workbook.reading.periods import BAD
from planner.workbook.reading.reader import TypedWorkbook

EXPANDABLE = ("line", "resource", "node", "route")


def check_resource_use(book: TypedWorkbook) -> None:
    """The resource that a line names itself is not repeated in ResourceUse."""
    if not book.names.certain(("line",)):
        return  # two lines of one name: which is meant is not known
    stated = dict(book["Lines"].records("line", "resource"))
    table = book["ResourceUse"]
    for record, (line, resource) in enumerate(table.records("line", "resource")):
        if BAD not in (line, resource) and stated.get(line) == resource:
            message = f"found {resource!r}, which the line {line!r} names in Lines already; expected another resource"
            table.fail(book.faults, record, "resource", message)


def check_component_lines(book: TypedWorkbook) -> None:
    """A line named in Components makes the item of that row."""
    if not book.names.certain(("line",)):
        return
    makes = dict(book["Lines"].records("line", "item"))
    table = book["Components"]
    for record, (item, line) in enumerate(table.records("item", "line")):
        if line is None or BAD in (item, line) or makes.get(line, BAD) in (BAD, item):
            continue
        fitting = [name for name, made in makes.items() if made == item and name is not BAD]
        hint = f"expected a line of {item!r}" + (f": {', '.join(fitting[:6])}" if fitting else ", but there is none")
        table.fail(book.faults, record, "line", f"found {line!r}, which makes {makes[line]!r}; {hint}")


def check_component_cycles(book: TypedWorkbook) -> None:
    """No item is, through its components, a component of itself. Each knot of items is reported once."""
    table = book["Components"]
    graph: nx.DiGraph[str] = nx.DiGraph()
    for record, (item, component, quantity) in enumerate(table.records("item", "component", "quantity")):
        if BAD not in (item, component, quantity):
            graph.add_edge(item, component, record=record)
    for knot in nx.strongly_connected_components(graph):
        inside = graph.subgraph(knot)
        if inside.number_of_edges() == 0:
            continue
        start, end, record = max(inside.edges(data="record"), key=lambda edge: int(edge[2]))
        chain = [start, *nx.shortest_path(inside, end, start)]
        message = f"found a component cycle: {' needs '.join(chain)}; an item cannot be a part of itself"
        table.fail(book.faults, record, "component", message)


def check_expansions(book: TypedWorkbook) -> None:
    """An expansion widens exactly one thing."""
    table = book["Expansions"]
    for record, values in enumerate(table.records(*EXPANDABLE)):
        named = [column for column, value in zip(EXPANDABLE, values, strict=True) if value is not None]
        if not named and not table.header.doubtful.intersection(EXPANDABLE):
            message = "line, resource, node and route are all blank; expected exactly one of them"
            table.fail(book.faults, record, "expansion", message)
        elif len(named) > 1 and BAD not in values:
            table.fail(
                book.faults, record, named[1], f"found {' and '.join(named)} in one row; expected exactly one of them"
            )
