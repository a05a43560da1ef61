"""A conflict in the planner's words: what clashes and where it is typed, how much is lacking, and what would do."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.domain.budget_periods import BudgetPeriods
from planner.domain.cells import Cell, Field
from planner.domain.titles import object_title, title_of
from planner.formulation.families import FAMILIES
from planner.formulation.goods.balance import MATERIAL_BALANCE
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.model.family import Origin
from planner.formulation.model.model import Key, Model
from planner.formulation.money.common_procurement import TAKING_PART
from planner.numerals import numeral
from planner.plan.again.impossible import reason
from planner.plan.conflict.change import LeastChange, NewFigure
from planner.plan.conflict.elastic import ASK, LIMIT
from planner.plan.conflict.irreducible import ConflictSet
from planner.plan.places import Places
from planner.solver.highs import INFINITY, Arrays, Vector
from planner.workbook.instance.positions import ranges

MOST_LINES = 12  # that an explanation takes, its heading included
MOST_RULES = 6  # lines for what clashes
MOST_FIGURES = 3  # of a change that are listed one by one
MOST_NAMES = 3
Where = tuple[str, str, str | None, int | None]  # family, object, item, period 1…P


@dataclass(frozen=True)
class Rule:
    """A figure of the input with its rows of one family, as far as they take part."""

    family: str
    field: Field
    rows: tuple[int, ...]
    places: tuple[Where, ...]


class ConflictWords:
    """Says rows and figures of a model."""

    def __init__(self, model: Model, lp: Arrays, origins: Mapping[int, Sequence[Origin]]) -> None:
        self.model, self.lp, self._origins = model, lp, origins
        self._places = Places(model)
        self._spans = BudgetPeriods(model.instance)
        self._of_row: dict[int, tuple[str, Key]] = {
            row: (family, key) for family, keys in model.rows.items() for key, row in keys.items()
        }
        self._values = {
            origin.field: origin.value or 0.0 for origins_of_row in origins.values() for origin in origins_of_row
        }
        self._slopes = {origin.field: origin.slope for origins_of_row in origins.values() for origin in origins_of_row}

    # ── Where things are ─────────────────────────────────────────────────────────────────────────

    def family(self, row: int) -> str:
        """The family of a row."""
        return self._of_row[row][0]

    def where(self, row: int) -> Where:
        """(family, object, item, period) of a row."""
        family, key = self._of_row[row]
        return (family, *self._places.of(family, key))

    def column(self, position: int) -> tuple[str, str, int | None]:
        """(family, names, period 1…P) of a column."""
        family, key = next((family, key) for family, columns in self.model.columns.items()
                           for key, column in columns.items() if column == position)  # fmt: skip
        period = next((part for part in key if isinstance(part, int)), None)
        return (
            family,
            ", ".join(str(part) for part in key if isinstance(part, str)),
            None if period is None else period + 1,
        )

    def cells(self, fields: Iterable[Field]) -> tuple[Cell, ...]:
        """The input cells that state these fields, each once, in order; none where the cells are not known."""
        input_cells = self.model.instance.cells
        return (
            ()
            if input_cells is None
            else tuple(dict.fromkeys(cell for field in fields for cell in input_cells.of(field)))
        )

    def unit(self, family: str) -> str:
        """The unit of a family's rows."""
        unit, currency = FAMILIES[family].unit, self.model.instance.settings.currency
        return currency if unit == "money" else unit.replace("{currency}", currency)

    def amount(self, value: float, unit: str) -> str:
        """`1 unit started`, `12.5 t`; of money as on pages, `EUR 70 000`"""
        text, currency = numeral(value), self.model.instance.settings.currency
        if unit == currency:
            return f"{currency}\u00a0{text}"
        return f"{text} {unit.replace('units', 'unit', 1) if text == '1' else unit}"

    def _bare(self, value: float, unit: str) -> str:
        """Without the unit, where another amount that follows or precedes has it; of money with it."""
        return self.amount(value, unit) if unit == self.model.instance.settings.currency else numeral(value)

    def scale(self, family: str) -> float:
        """What a unit of the rows of a family comes to in the unit that people read: of money in currency."""
        return self.model.money_unit if FAMILIES[family].unit == "money" else 1.0

    def when(self, periods: Iterable[int | None], over: bool = False) -> str:
        """` in 2026-03`, ` in 2026-01 to 2028-12`; `over`: ` over 2026-01 to 2028-12`."""
        known = sorted({period for period in periods if period})
        if not known:
            return ""
        label = self.model.instance.horizon.label
        first, last = label(known[0] - 1), label(known[-1] - 1)
        return f" in {first}" if first == last else f" {'over' if over else 'in'} {first} to {last}"

    def bound(self, row: int) -> tuple[str, float]:
        """(`at least`, `at most`, `exactly`; the right-hand side) of a row."""
        lower, upper = float(self.lp.row_lower[row]), float(self.lp.row_upper[row])
        if lower > -INFINITY and upper < INFINITY:
            return "exactly", lower
        return ("at least", lower) if lower > -INFINITY else ("at most", upper)

    def _titles(self, names: Sequence[str]) -> str:
        return listed([object_title(self.model.instance, name) for name in names])

    # ── What clashes ─────────────────────────────────────────────────────────────────────────────

    def rules(self, conflict: ConflictSet) -> list[list[Rule]]:
        """The rules of a set, put together so that there are few: by place, else by item, else by kind alone."""
        rows: dict[tuple[str, Field], list[int]] = {}
        for field, row in conflict.rows:
            rows.setdefault((self.family(row), field), []).append(row)
        rules = [
            Rule(family, field, tuple(sizes), tuple(self.where(row) for row in sizes))
            for (family, field), sizes in rows.items()
        ]
        ways: tuple[Callable[[Rule], Hashable], ...] = (
            lambda rule: (rule.family, self._object(rule), rule.places[0][2]),
            lambda rule: (rule.family, rule.places[0][2]),
            lambda rule: rule.family,
        )
        for way in ways:
            groups: dict[Hashable, list[Rule]] = {}
            for rule in rules:
                groups.setdefault(way(rule), []).append(rule)
            if len(groups) <= MOST_RULES:
                break
        return sorted(groups.values(), key=lambda group: (group[0].family != DEMAND_BALANCE.name, group[0].rows[0]))

    def _object(self, rule: Rule) -> str:
        """What a rule is about; of a demand, where it is wanted; of who takes part, the fund."""
        if rule.family == TAKING_PART.name:
            return str(self._of_row[rule.rows[0]][1][0])
        if rule.family == DEMAND_BALANCE.name:
            return self.model.instance.demands_by_key[self._of_row[rule.rows[0]][1]].destination
        return rule.places[0][1]

    def row_line(self, row: int) -> str:
        """The line of a row by itself, as `rule_line` writes it."""
        family, place = self.family(row), self.where(row)
        return self.rule_line([Rule(family, origin.field, (row,), (place,)) for origin in self._origins[row]])

    def rule_line(self, group: Sequence[Rule]) -> str:
        """`Line capacity of kit at L1 in 2026-01 to 2028-12: at most 11 500 000 units in all (Lines!E2)`"""
        family, item = group[0].family, group[0].places[0][2]
        title = "Stock" if family == MATERIAL_BALANCE.name else self.model.catalogue.constraints[family].title
        one_item = len({rule.places[0][2] for rule in group}) == 1
        objects = list(dict.fromkeys(self._object(rule) for rule in group))
        if family == DEMAND_BALANCE.name and len(group) == 1:
            objects = [group[0].places[0][1]]  # by its name
        what = f" of {title_of(self.model.instance.items, item)}" if item and one_item and objects != [item] else ""
        when = self.when(place[3] for rule in group for place in rule.places)
        amount = self._amount(group)
        cells = self.cells(rule.field for rule in group)
        place = f" ({ranges(cells)})" if cells else ""
        return f"{title}{what} at {self._titles(objects)}{when}: {amount}{self._past(group)}{place}"

    def _amount(self, group: Sequence[Rule]) -> str:
        family = group[0].family
        if FAMILIES[family].share or not any(abs(self.bound(row)[1]) > 0 for rule in group for row in rule.rows):
            return self._share(group)
        unit, scale = self.unit(family), self.scale(family)
        sense = self.bound(group[0].rows[0])[0]
        if family == MATERIAL_BALANCE.name:
            return f"{self.amount(sum(self._value(rule.field) for rule in group), unit)} there"
        if FAMILIES[family].cumulative:
            bounds = self._added_up(rule.field for rule in group)
            return f"{sense} {self.amount(sum(bounds) * scale, unit)}{in_all(len(bounds))}"
        bounds = [self.bound(row)[1] * scale for row in dict.fromkeys(row for rule in group for row in rule.rows)]
        if family == DEMAND_BALANCE.name:
            return f"{self.amount(sum(bounds), unit)} wanted" + (
                f" by {len(bounds)} demands" if len(bounds) > 1 else ""
            )
        if FAMILIES[family].adds_up:
            each = (
                f", {self._bare(bounds[0], unit)} in each period" if len(bounds) > 1 and len(set(bounds)) == 1 else ""
            )
            return f"{sense} {self.amount(sum(bounds), unit)}{in_all(len(bounds))}{each}"
        low, high = self._bare(min(bounds), unit), self.amount(max(bounds), unit)
        return f"{sense} {high if min(bounds) == max(bounds) else f'{low} to {high}'}"

    def _share(self, group: Sequence[Rule]) -> str:
        """A rule without an amount of its own, by what it means."""
        meaning = self.model.catalogue.constraints[group[0].family].meaning
        value = self._value(group[0].field)
        return f"{meaning} ({numeral(100 * value)} %)" if FAMILIES[group[0].family].share and value else meaning

    def _value(self, field: Field) -> float:
        return self._values.get(field, 0.0)

    def _added_up(self, fields: Iterable[Field]) -> list[float]:
        """What figures that add up leave, by figure; a factor of theirs is in what they leave."""
        known = list(dict.fromkeys(fields))
        counted = [field for field in known if field.table != "Disruptions"] or known
        return [self._value(field) * self._slopes[field] for field in counted]

    def alone(self, rule: Rule) -> str:
        """Why a rule clashes with no other figure, and yet cannot hold."""
        if rule.family != DEMAND_BALANCE.name:
            return "This cannot hold, whatever the other limits and demands are."
        name, due = self._of_row[rule.rows[0]][1]
        served = any(key[:2] == (name, due) for key in self.model.columns["delivery"])
        period = self.model.instance.demands_by_key[name, due].counted
        why = "what can be there by then is less" if served else reason(self.model, "deliveries", (name, due, period))
        return f"This cannot be met, whatever the limits are: {why}."

    def rule_lines(self, groups: Sequence[Sequence[Rule]]) -> list[str]:
        """A line for each group, as far as there is room."""
        lines = [self.rule_line(group) for group in groups]
        if len(lines) <= MOST_RULES:
            return lines
        return [
            *lines[: MOST_RULES - 1],
            f"and {len(lines) - MOST_RULES + 1} more kinds of limits, which run.json names.",
        ]

    def together(self, conflict: ConflictSet, chosen: Vector | None) -> str:
        """That the rules of a set cannot hold together, and what of that is proved; `chosen`: for one choice alone."""
        proved = "without any one of them the others can"
        if not conflict.is_irreducible:
            proved = "fewer of them may do: the smallest set would have taken too long"
        if chosen is None:
            return f"These cannot hold together; {proved}."
        return (f"Where {self._taking_part(chosen)}, these cannot hold together; {proved}. "
                "With any others taking part there is no plan either; why not would have taken too long to find out.")  # fmt: skip

    def _taking_part(self, chosen: Vector) -> str:
        """`PL and DE take part in Joint, nobody in Second`"""
        by_fund: dict[str, list[str]] = {}
        for (fund, nation), takes in zip(self.model.columns["takes_part"], chosen.tolist(), strict=True):
            by_fund.setdefault(fund, []).extend([nation] if takes > 0.5 else [])
        return "; ".join(
            f"{self._titles(nations) if nations else 'nobody'} take part in {self._titles([fund])}"
            for fund, nations in by_fund.items()
        )

    def _past(self, group: Sequence[Rule]) -> str:
        """How a rule about sums stands by what happened before the horizon, which its bound counts."""
        family = group[0].family
        for rule in group:
            for row in rule.rows:
                counted = FAMILIES[family].counted
                slack = self.model.history_slacks.get((counted, self._of_row[row][1]), 0.0) if counted else 0.0
                if slack:
                    unit = self.unit(family)
                    verb = "lacks" if slack < 0 else "leaves"
                    return f"; what happened before {verb} {self.amount(abs(slack), unit)} of it"
        return ""

    # ── What is lacking, and what would do ───────────────────────────────────────────────────────

    def lacking(self, change: LeastChange) -> list[dict[str, Any]]:
        """What of each kind is lacking, the most first."""
        groups: dict[Where, list[tuple[int, float]]] = {}
        for figure in change.figures:
            for row, size in figure.lacking:
                groups.setdefault((*self._kind(row), None), []).append((row, size))
        entries = []
        for (family, object_, item, _), lacks in groups.items():
            periods = {period for row, _ in lacks if (period := self.where(row)[3])}
            entries.append(
                {
                    "amount": sum(size for _, size in lacks) * self.scale(family),
                    "unit": self.unit(family).replace("units started", "units"),
                    "family": family,
                    "object": object_,
                    "item": item,
                    "periods": sorted(periods),
                }
            )
        return sorted(entries, key=lambda entry: -float(entry["amount"]))

    def _kind(self, row: int) -> tuple[str, str, str | None]:
        """(family, object, item) of a row; of a demand, where it is wanted."""
        family, object_, item, _ = self.where(row)
        if family == DEMAND_BALANCE.name:
            return family, self.model.instance.demands_by_key[self._of_row[row][1]].destination, item
        return family, object_, item

    def lacking_line(self, change: LeastChange, entries: Sequence[Mapping[str, Any]]) -> str:
        """`Lacking: 500 000 units of capacity at L1 over 2026-01 to 2028-12.`"""
        parts = [
            f"{self.amount(entry['amount'], entry['unit'])} {self._of_what(entry)}{self.when(entry['periods'], True)}"
            for entry in entries[:MOST_NAMES]
        ]
        more = len(entries) - MOST_NAMES
        text = "; ".join(parts) + (f"; and {more} more" if more > 0 else "")
        most = "at most " if change.is_rough else ""
        return (
            f"With all limits unchanged, lacking: {most}{text}." if change.sides == {ASK} else f"Lacking: {most}{text}."
        )

    def _of_what(self, entry: Mapping[str, Any]) -> str:
        title = self.model.catalogue.constraints[entry["family"]].title.lower()
        words = FAMILIES[entry["family"]].words.lacking or f"for the rule {title} at {{object}}"
        instance = self.model.instance
        item = title_of(instance.items, entry["item"]) if entry["item"] else entry["item"]
        return words.format_map({**entry, "object": object_title(instance, entry["object"]), "item": item})

    def change_line(self, change: LeastChange, is_first: bool) -> str:
        """`A plan is possible with 12 500 000 in place of 13 000 000 (Demand!E2).`"""
        parts = [
            f"{self.figure(entry.field)} {numeral(entry.after, 9)} in place of {numeral(entry.before, 9)}"
            for entry in change.figures[:MOST_FIGURES]
        ]
        cells = self.model.instance.cells
        if len(change.figures) > MOST_FIGURES or (cells is not None and not cells.as_typed):
            parts = [self._columns(figures) for figures in by_column(change.figures)]
            more = len(parts) - MOST_NAMES
            parts = [*parts[:MOST_NAMES], *([f"and what run.json says of {more} more columns"] if more > 0 else [])]
        opening = "A plan is possible with" if is_first else "Or with"
        return f"{opening} {'; '.join(parts)}{'' if change.is_least else '; less may do'}."

    def figure(self, field: Field) -> str:
        """The cell of a figure, or what it is called."""
        cells = self.cells([field])
        if cells:
            return f"{ranges(cells)} ({field.column})"
        return (
            f"{field.table} {', '.join(object_title(self.model.instance, name) for name in field.names)}, "
            f"{field.column}:"
        )

    def _columns(self, figures: Sequence[NewFigure]) -> str:
        """Many figures of one column: `1 200 more in Budgets!C2:C13 (amount) together`"""
        field = figures[0].field
        more = sum(figure.after - figure.before for figure in figures)
        cells = self.cells(figure.field for figure in figures)
        names = listed(
            [", ".join(object_title(self.model.instance, name) for name in figure.field.names) for figure in figures]
        )
        place = f"{ranges(cells)} ({field.column})" if cells else f"{field.table} {names}, {field.column}"
        return f"{numeral(abs(more))} {'more' if more > 0 else 'less'} in {place}" + (
            " together" if len(figures) > 1 else ""
        )


def by_column(figures: Iterable[NewFigure]) -> Iterator[list[NewFigure]]:
    """Figures of one table and column together."""
    groups: dict[tuple[str, str], list[NewFigure]] = {}
    for figure in figures:
        groups.setdefault((figure.field.table, figure.field.column), []).append(figure)
    yield from groups.values()


def listed(names: Sequence[str]) -> str:
    """`A, B, C and 4 more`"""
    known = list(dict.fromkeys(names))
    more = len(known) - MOST_NAMES
    return ", ".join(known[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def in_all(count: int) -> str:
    """` in all`, where an amount is a sum; else blank."""
    return " in all" if count > 1 else ""


SIDES = {LIMIT: "limits", ASK: "demands"}
