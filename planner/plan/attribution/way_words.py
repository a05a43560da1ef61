"""Limits, goods and costs that have a share in a lack, in the words of the input, with the cells that say them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from planner.catalogue import RESPONSE
from planner.domain.cells import Field
from planner.domain.contingency.admission import Admission
from planner.domain.contingency.closing import Closers, Closing, by_horizon
from planner.domain.contingency.contingencies import Case, Disruption
from planner.domain.contingency.losses import node_hits
from planner.domain.contingency.response import Need, needs
from planner.domain.instance import Demand, PlanningInstance
from planner.formulation.families import FAMILIES
from planner.formulation.goods.balance import supplied_row
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.goods.targets import DAYS_OF_SUPPLY, STOCK_TARGET
from planner.formulation.model.family import Directory, Family, Kind, disruption_field, figure
from planner.formulation.model.model import Key, Model
from planner.formulation.responses.coverage import PROMISE
from planner.formulation.responses.families import InCase
from planner.plan.attribution.lacks import Lack
from planner.plan.attribution.ways import WayPart, of_plan
from planner.workbook.instance.positions import ranges

Struck = tuple[PlanningInstance, Mapping[Disruption, Field]]
COST = "cost"
GOODS, TASK, RULE, UNREACHED, CLOSED, AIMS = "goods", "task", "rule", "no way", "closed", "aims"
FOR_OTHERS = "for others"


class WayWords:
    """Says parts of ways; see `planner.plan.attribution.ways.Part`."""

    def __init__(self, model: Model) -> None:
        self._model, self._directory = model, Directory(model.instance)
        self._of_row: dict[int, tuple[str, Key]] = {
            row: (family, key) for family, keys in model.rows.items() for key, row in keys.items()
        }
        self._supplies: dict[tuple[str, Key], list[Field]] = {}
        for supply in model.instance.supplies:
            family, key = supplied_row(model.reach, supply)
            period = None if supply.opening else supply.period
            field = figure("Stocks", "quantity", node=supply.node, item=supply.item, period=period,
                           nation=supply.nation, age=supply.age)  # fmt: skip
            hits = node_hits(model.instance, supply.node, supply.period)
            self._supplies.setdefault((family, key), []).extend(_with_hits([field], hits, disruption_field))
        self._closing, self._admission = Closing(model.instance), Admission(model.instance)
        self._known: dict[int, tuple[Field, ...]] = {}  # the figures of rows that were described
        self._struck: dict[tuple[str, int] | None, Struck] = {}  # by case; None: the plan

    def _index(self, row: int) -> tuple[Family, Any]:
        """The family of the plan, and the index of a row there: of a response's, in the periods of the plan."""
        name, key = self._of_row[row]
        declared, index = FAMILIES[name], FAMILIES[name].index(*key)
        if not isinstance(index, InCase) or declared.kind is Kind.TASK:  # a need is of the case alone
            return declared, index
        family = of_plan(name)
        begin = _case(self._model.instance, index).begin
        row_of_plan = index.row
        if hasattr(row_of_plan, "period"):
            return family, row_of_plan._replace(period=row_of_plan.period + begin)
        return family, row_of_plan

    def limit(self, part: WayPart) -> Hashable:
        """What parts are of one limit: family, object, item."""
        if not part.is_row:
            return (COST, "", "")
        family, index = self._index(part.position)
        name, item, _ = family.place(self._directory, index)
        return (family.name, name, item or "")

    def about(self, parts: Sequence[WayPart]) -> tuple[object, ...]:
        """group, family, object, of_item, first and last period, nation, fund, contributors."""
        if not parts[0].is_row:
            return (COST, COST, "", None, None, None, None, None, None)
        places = [self._index(part.position) for part in parts]
        family, index = places[0]
        name, item, _ = family.place(self._directory, index)
        periods = [period for _, key in places if (period := family.place(self._directory, key)[2]) is not None]
        fund = getattr(index, "fund", None) if family.is_fund_money else None
        contributors = list(
            dict.fromkeys(who for field in self._fields(parts) for who in _values(field, "contributor"))
        )
        first, last = (min(periods), max(periods)) if periods else (None, None)
        return (_group(family), family.name, name, item, first, last, self._nation(index, name), fund,
                "; ".join(contributors) or None)  # fmt: skip

    def nothing(self, lack: Lack, group: str) -> tuple[object, ...]:
        """The columns that `about` gives, where it is no limit that has a share: it is nobody's."""
        return (group, group, lack.destination or lack.name, lack.item, lack.due, lack.due, None, None, None)

    def _nation(self, index: Any, name: str) -> str | None:
        """Whose a limit is: the nation of the line, resource or node; of a consent, of a contributor."""
        instance = self._model.instance
        consents = {consent.name: consent.nation for consent in instance.consents}
        contributor = getattr(index, "contributor", getattr(index, "nation", None))
        if contributor is not None:
            return str(contributor)
        if name in consents:
            return consents[name]
        if name in instance.expansions:
            name = instance.expansions[name].object
        if name in instance.lines:
            name = instance.lines[name].factory
        if name in instance.resources:
            name = instance.resources[name].factory or ""
        return instance.nation_of(name) if name in instance.nodes else None

    # ── Cells ────────────────────────────────────────────────────────────────────────────────────

    def cells(self, parts: Sequence[WayPart]) -> str:
        """`Lines!E4, Budgets!D2:D3`: where the figures of a limit are typed."""
        return self._ranges(self._fields(parts))

    def closing(self, row: int) -> str:
        """The cells of the disruptions that close every way to what a row asks for;
        blank where they are not why nothing can come.
        """
        return self._ranges([disruption_field(closer.hit, closer.contingency) for closer in self._closers(row)])

    def _closers(self, row: int) -> Closers:
        instance, closing = self._model.instance, self._closing
        family, key = self._of_row[row]
        if family == DEMAND_BALANCE.name:
            return closing.of_demand(instance.demands_by_key[key[0], key[1]])
        if family == STOCK_TARGET.name:
            target = instance.targets[key[0]]
            return closing.of_target(target, target.items, [key[1]])
        if family == DAYS_OF_SUPPLY.name:
            return closing.of_target(instance.targets[key[0]], [key[1]], [key[2]])
        if family in (PROMISE.name, RESPONSE + DEMAND_BALANCE.name):
            wanted = self._needs(key)
            return closing.of_needs(wanted[0][0], [need for _, need in wanted]) if wanted else ()
        return ()

    def for_others(self, row: int) -> str:
        """The cells of the access, nations and stocks that keep all goods from what a row asks for, as they are for
        other nations; blank where they are not why nothing can come.
        """
        fields = [list(self._admission.fields_of_demand(demand)) for demand in self._wanted(row)]
        return self._ranges([field for own in fields for field in own]) if all(fields) else ""

    def _wanted(self, row: int) -> list[Demand]:
        """The demand of a row, or the needs of a case, in periods of the horizon."""
        instance = self._model.instance
        family, key = self._of_row[row]
        if family == DEMAND_BALANCE.name:
            return [instance.demands_by_key[key[0], key[1]]]
        if family in (PROMISE.name, RESPONSE + DEMAND_BALANCE.name):
            return [by_horizon(need.wanted, case) for case, need in self._needs(key)]
        return []

    def _needs(self, key: Key) -> list[tuple[Case, Need]]:
        """The case of a row of responses, with each of the needs that it is about."""
        instance = self._model.instance
        contingency, strike, *asked = key
        case = instance.cases_by_key[contingency, strike]
        return [
            (case, need) for need in needs(instance, case) if tuple(asked) in (need.wanted.key, (need.wanted.item,))
        ]

    def asking(self, lack: Lack) -> str:
        """The cells that ask for what is lacking."""
        return self._ranges(self._of_rows([lack.row]))

    def _ranges(self, fields: Sequence[Field]) -> str:
        known = self._model.instance.cells
        return "" if known is None else ranges(cell for field in fields for cell in known.of(field))

    def _fields(self, parts: Sequence[WayPart]) -> list[Field]:
        return self._of_rows([part.position for part in parts if part.is_row])

    def _of_rows(self, rows: Sequence[int]) -> list[Field]:
        return list(dict.fromkeys(field for row in rows for field in self._figures(row)))

    def _figures(self, row: int) -> tuple[Field, ...]:
        """Cached: each row is described many times."""
        if row not in self._known:
            self._known[row] = tuple(dict.fromkeys(self._made_of(row)))
        return self._known[row]

    def _made_of(self, row: int) -> Iterator[Field]:
        name, key = self._of_row[row]
        yield from self._supplies.get((name, key), ())
        family, index = self._index(row)
        if family.origins is None:
            return
        fields = [origin.field for origin in family.origins(self._model, index)]
        if family.hits is None:
            yield from fields
            return
        key_named = FAMILIES[name].index(*key)
        instance, rows = self._with_losses(
            _case(self._model.instance, key_named) if isinstance(key_named, InCase) else None
        )
        yield from _with_hits(fields, family.hits(instance, index), rows.__getitem__)

    def _with_losses(self, case: Case | None) -> Struck:
        """The instance in which what is lost in a case is certain, and the row of Disruptions that says each loss;
        None: in the plan.
        """
        key = None if case is None else case.key
        if key not in self._struck:
            instance = self._model.instance
            rows = {hit: disruption_field(hit) for hit in instance.certain}
            if case is not None:
                for hit in case.contingency.disruptions:
                    held = hit.holds(case.strike, case.end)
                    dated = replace(hit, first=held.start, last=held.stop - 1)
                    rows.setdefault(dated, disruption_field(hit, case.contingency.name))
            self._struck[key] = replace(instance, certain=tuple(rows)), rows
        return self._struck[key]


def _with_hits(
    fields: Iterable[Field], hits: Sequence[Disruption], row_of: Callable[[Disruption], Field]
) -> Iterator[Field]:
    """The figures of a limit and the disruptions that leave less of it; these alone where they leave nothing."""
    if all(hit.factor > 0 for hit in hits):
        yield from fields
    yield from map(row_of, hits)


def _case(instance: PlanningInstance, index: InCase) -> Case:
    return instance.cases_by_key[index.contingency, index.strike]


def _group(family: Family) -> str:
    """money, production, transport, storage, partners; goods, task, rule."""
    if family.kind is Kind.SUPPLY:
        return GOODS
    return family.words.group or (TASK if family.kind is Kind.TASK else RULE)


def _values(field: Field, column: str) -> Iterator[str]:
    return (str(value) for name, value in field.key if name == column)
