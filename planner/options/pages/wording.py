"""A comparison in sentences and figures for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from planner.options.changes.option import BASE
from planner.options.comparison import Comparison, nearly
from planner.options.figures import COSTS
from planner.options.record import Best, level_titles
from planner.report.words.numbers import Money, compact, listing, quantity, share
from planner.run.recorded.compare import RESPONSE_TABLES
from planner.tolerances import SAME

MOST_NAMES = 3  # in one tile
MOST_MOVED = 3  # nations of one option
LONGEST = 90  # letters of a description that stands for the name of an option
COST, FILL_RATE, COVERAGE = "cost", "fill_rate", "expected_coverage"  # the level, the figures


@dataclass(frozen=True, slots=True)
class Tile:
    """Who is best at something: name, who, a line about it."""

    name: str
    value: str
    note: str


def money_of(comparison: Comparison) -> Money:
    """One scale for all amounts of the comparison."""
    table = comparison.tables["headline"]
    currency = comparison.base.record.calendar.currency
    amounts = table[table["unit"].str.startswith(currency)]["value"].abs()
    return Money.scaled(currency, float(amounts.max()) if amounts.notna().any() else 0.0)


def telling_levels(comparison: Comparison) -> list[tuple[str, str, str]]:
    """(name, title, unit) of the levels at which two options differ."""
    levels = []
    for name, title, unit in level_titles(comparison):
        values = [comparison.figure(outcome.name, name) for outcome in comparison.solved]
        known = [value for value in values if value is not None]
        if len(known) < len(values) or any(comparison.differ(value, known[0]) for value in known):
            levels.append((name, title, unit))
    return levels


def goods_unit(measure: str, money: Money) -> str:
    """The unit of goods that are added up: money of value; units where not every item has one."""
    return f"{measure} of value" if measure == money.currency else measure


def figure(value: float | None, unit: str, money: Money) -> str:
    """A value in the unit that `Money.heading_unit` names."""
    if value is None or not isfinite(value):
        return "–"
    if unit.startswith(money.currency):
        return money.figure(value)
    return share(value) if unit == "share" else quantity(value)


def difference(value: float | None, unit: str, money: Money, size: float = 0.0) -> str:
    """A difference with its sign; `=` where it is nothing beside `size`; of shares, in points of a per cent."""
    if value is None or not isfinite(value):
        return "–"
    if abs(value) <= SAME * max(abs(size), 1.0 if unit != "share" else 0.0, 1e-3):
        return "="
    sign = "+" if value > 0 else "−"
    if unit == "share":
        points = round(abs(100 * value), 2)
        return f"{sign}{compact(points)}\u00a0points" if points else "under 0.01\u00a0points"
    small = unit.startswith(money.currency) and abs(value) < 0.01 * money.factor
    return sign + (compact(abs(value) / money.factor) if small else figure(abs(value), unit, money))


def better(value: float | None, wanted: str) -> str:
    """Whether a difference is better or worse, in a word; blank where it is neither.

    `wanted` is more, less or blank.
    """
    if value is None or not isfinite(value) or not wanted or value == 0:
        return ""
    return "better" if (value > 0) == (wanted == "more") else "worse"


def _without_plan(comparison: Comparison) -> str:
    """For which options no plan exists, and for which none was found: the solver stopped, or the plan failed its
    verification.
    """
    lost = [outcome for outcome in comparison.outcomes if not outcome.solved]
    sentences = []
    for words, is_proved in (("No plan exists for", True), ("No plan was found for", False)):
        names = [
            called(comparison, outcome.name, with_name=True)
            for outcome in lost
            if (outcome.record.status == "infeasible") == is_proved
        ]
        sentences += [f" {words} {listing(names)}."] if names else []
    return "".join(sentences)


def headline(comparison: Comparison, money: Money) -> str:
    """Which option does best, what it brings, and what it costs."""
    ranks = comparison.ranks
    first = [called(comparison, name, with_name=True) for name, rank in ranks.items() if rank == 1 and name != BASE]
    is_base = ranks.get(BASE) == 1
    end = _without_plan(comparison)
    if not comparison.base.solved:
        return f"The workbook without changes has no plan. {listing(first)} {_does(first)} best.{end}"
    if is_base:
        if not first:
            return f"No option does better than the workbook without changes.{end}"
        same = f"{listing(first)} {'does' if len(first) == 1 else 'do'} as well as the workbook without changes"
        return f"{same}; no option does better.{end}"
    best = next(name for name, rank in ranks.items() if rank == 1)
    return f"{listing(first)} {_does(first)} best: {_what_it_brings(comparison, best, money)}.{end}"


def called(comparison: Comparison, name: str, *, with_name: bool = False) -> str:
    """What people call an option: its description, where there is one that is short, if asked for with the name in
    brackets; else the name.
    """
    described = {outcome.name: outcome.description for outcome in comparison.outcomes}[name].rstrip(".")
    if not described or len(described) > LONGEST:
        return name
    return f"{described} ({name})" if with_name else described


def moved(comparison: Comparison, measure: str, money: Money) -> dict[str, str]:
    """By option, of which nations a sum over all years differs most from the base's, and by how much; nothing where no
    option differs. What is not material, of the sum of all nations, is left out.
    """
    if not comparison.base.solved:
        return {}
    names, text_of = comparison.names.get("nation", {}), {}
    sums = comparison.tables["nations"].groupby(["option", "nation"])[measure].sum()
    by_option: dict[str, dict[str, float]] = {}
    for (option, nation), value in zip(sums.index.tolist(), sums.tolist(), strict=True):
        by_option.setdefault(str(option), {})[str(nation)] = float(value)
    base = by_option.get(BASE, {})
    for option in comparison.solved[1:]:
        of_option = by_option.get(option.name, {})
        changes = {nation: of_option.get(nation, 0.0) - base.get(nation, 0.0) for nation in base | of_option}
        differences = {
            nation: difference(changes[nation], money.currency, money, base.get(nation, 0.0))
            for nation in sorted(changes, key=lambda nation: -abs(changes[nation]))
        }
        least = comparison.materiality * sum(map(abs, base.values()))
        differ = [
            f"{names.get(nation, nation)} {text}"
            for nation, text in differences.items()
            if text != "=" and abs(changes[nation]) > least
        ]
        same = "as in the base" if all(text == "=" for text in differences.values()) else "about as in the base"
        more = f" and {len(differ) - MOST_MOVED} more" if len(differ) > MOST_MOVED else ""
        text_of[option.name] = ", ".join(differ[:MOST_MOVED]) + more if differ else same
    return text_of if any(text != "as in the base" for text in text_of.values()) else {}


def _does(names: Sequence[str]) -> str:
    return "does" if len(names) == 1 else "do equally well, and"


def _what_it_brings(comparison: Comparison, name: str, money: Money) -> str:
    """What makes an option best, what it delivers of what is wanted, and what it costs, compared with the base.

    Where more is delivered that says it. Else the first aim at which it differs does: that is why it ranks first, even
    though as much, or less, is delivered in all.
    """
    level, first = _first_difference(comparison, name, money)
    rate, before = comparison.figure(name, "fill_rate"), comparison.figure(BASE, "fill_rate")
    parts = [first] if first else []
    if rate is not None and before is not None:
        now, was = share(rate), share(before)
        if nearly(rate, before) and first:
            parts = [f"it delivers what the base delivers, {now} of what is wanted, and {first}"]
        elif now == was and first:
            parts = [f"it delivers about what the base delivers, {now} of what is wanted, and {first}"]
        elif rate > before or not first:
            parts = [f"{now} of what is wanted is delivered" + ("" if now == was else f" instead of {was}")]
        else:
            parts = [f"{first}, though in all {now} of what is wanted is delivered instead of {was}"]
    return ", ".join(parts if level == COST else [*parts, *_price(comparison, name, money)])


def _price(comparison: Comparison, name: str, money: Money) -> list[str]:
    """By how much more or less than the base an option costs; nothing where that is not known."""
    now, was = spent(comparison, name), spent(comparison, BASE)
    if now is None or was is None:
        return []
    if nearly(now, was):
        return ["at the same cost"]
    return [f"for {money.text(abs(now - was))} {'more' if now > was else 'less'}"]


def _first_difference(comparison: Comparison, name: str, money: Money) -> tuple[str, str]:
    """The first aim at which an option differs from the base, and by how much in words; blank where it differs at
    none.
    """
    for level, title, unit in level_titles(comparison):
        value, base = comparison.figure(name, level), comparison.figure(BASE, level)
        if value is not None and base is not None and comparison.differ(value, base):
            change = "more" if value > base else "less"
            size = abs(value - base)
            amount = money.text(size) if unit.startswith(money.currency) else f"{figure(size, unit, money)} {unit}"
            return level, f"the {title.lower()} is {amount} {change}"
    return "", ""


def spent(comparison: Comparison, name: str) -> float | None:
    """What an option costs: the money paid where funds pay, else the costs that are counted."""
    paid = comparison.figure(name, "paid")
    if paid is not None:
        return paid
    parts = [comparison.figure(name, figure) for figure in COSTS]
    return sum(part for part in parts if part is not None) if any(part is not None for part in parts) else None


def spent_title(comparison: Comparison) -> str:
    """What `spent` counts: without funds, production, transport, storage with disposal, and investment, not
    discounted.
    """
    limited = any(comparison.figure(outcome.name, "paid") is not None for outcome in comparison.solved)
    return "Money paid" if limited else "Cost"


def spent_lead(comparison: Comparison) -> str:
    """What cost includes, where it is counted and not paid."""
    if spent_title(comparison) != "Cost":
        return ""
    return "Cost is that of production, transport, storage with disposal, and investment, not discounted, as in the report of each option."


def tiles(comparison: Comparison, best: Sequence[Best], money: Money) -> list[Tile]:
    """Who is best at what: one for each option, or for options that are as good, with the first aim at which they are,
    and the others.
    """
    whose: dict[str, list[Best]] = {}
    for entry in best:
        if who := _who(comparison, entry):
            whose.setdefault(who, []).append(entry)
    return [_tile(comparison, who, entries, money) for who, entries in whose.items()]


def _who(comparison: Comparison, entry: Best) -> str:
    """Who is best; blank where that says nothing, as all are equal, or the aims before have decided.

    Cost is named also then if others cost less.
    """
    names, count = list(entry.options), len(entry.among)
    if len(names) == count and len(comparison.solved) > 1 and not _lower_for_less(comparison, entry):
        return ""
    if len(names) == count and count > 1:
        return "no difference"
    if len(names) > MOST_NAMES:
        return f"{len(names)} of {count} plans"
    return listing([called(comparison, name) for name in names], 2)


def _beside(value: float, unit: str, money: Money) -> str:
    """A second amount of the same unit: of money with the currency alone."""
    return money.text(value) if unit.startswith(money.currency) else figure(value, unit, money)


def _tile(comparison: Comparison, who: str, entries: Sequence[Best], money: Money) -> Tile:
    first, *others = entries
    reached = share(first.value) if first.unit == "share" else money.of_unit(first.value, first.unit)
    base = comparison.figure(BASE, first.figure)
    beside = "" if base is None or BASE in first.options else f"; base {_beside(base, first.unit, money)}"
    sentences = [f"{reached}{beside}"]
    if others:
        sentences.append(f"Also at {listing([entry.title.lower() for entry in others], len(others))}")
    sentences += [
        f"At less cost, but worse at an aim before: {listing(less, 2)}"
        for entry in entries
        if (less := _lower_for_less(comparison, entry))
    ]
    return Tile(best_title(comparison, first), who, ". ".join(sentences))


def best_title(comparison: Comparison, entry: Best) -> str:
    """What an entry of `best` is about, and among whom where some do not count."""
    if len(entry.among) == len(comparison.solved):
        return entry.title
    if entry.figure == FILL_RATE:
        return f"{entry.title}, of those that want as much as the base"
    if entry.figure == COVERAGE:
        return f"{entry.title}, of those that need as much as the base and are best at every aim before"
    return f"{entry.title}, of those that are best at every aim before it"


def _lower_for_less(comparison: Comparison, entry: Best) -> list[str]:
    """Options that cost less than the best, but do worse at an aim before; of cost alone."""
    if entry.figure != COST:
        return []
    values = {o.name: comparison.figure(o.name, entry.figure) for o in comparison.solved}
    return [
        name
        for name, value in values.items()
        if name not in entry.among
        and value is not None
        and value < entry.value
        and comparison.differ(value, entry.value)
    ]


def same_as_base(comparison: Comparison, name: str, counts: Mapping[str, int]) -> str:
    """What of an option's plan equals the base's; `counts`: rows of each result table that differ."""
    aims, changed = comparison.equals_base(name), set(counts) - {"cases"}  # in `cases` stands what is promised, too
    if not changed:
        tables = "The plan is the base's: nothing is made, moved, stored, delivered or paid differently"
        tables += ", nor in a response" if comparison.tells_coverage else ""
        return f"{tables}, and every aim is equal." if aims else f"{tables}; the aims differ, as the input is another."
    if changed <= set(RESPONSE_TABLES):
        plan = "The plan is the base's, but responses are others"
        return f"{plan}; every aim is equal." if aims else f"{plan}."
    return "Every aim is equal to the base's, but the plan is another." if aims else ""


def aims(comparison: Comparison) -> str:
    """The order in which options are judged."""
    titles = [title.lower() for _, title, _ in level_titles(comparison)]
    return listing(titles, len(titles)) if titles else ""
