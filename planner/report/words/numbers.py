"""How numbers are written for people: few digits, thin spaces between thousands, one unit for all money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import floor, isfinite, log10

from planner.numerals import THIN_SPACE, spelled
from planner.tolerances import SHOWN_PERCENT

MILLION = 1e6
PLAIN_MONEY_BELOW = 1e7  # plans whose largest amount is smaller are shown in plain currency
MOST_DECIMALS = 4  # of an amount in millions
PIECES = ("", "unit")  # units of items that are counted one by one
# Things that a unit of an item counts by the thousand: `1000 rounds`; beside a name that says the things, `1000`.
ROUND_NUMBER = re.compile(r"(?P<count>10*)(?P<words>( million)?( (?P<things>[^\W\d]\S*))?)")
MOST_DIGITS = 6  # after the point, of any other number
WEIGHTED = "weighted by priority"  # how the aims add up goods
GOODS = "goods"  # what money counts that is their value
GOODS_WEIGHTED = f"{GOODS} {WEIGHTED}"
BY_PRIORITY = re.compile(r"goods x priority(?P<times>( x periods)?)")  # in the unit of an aim


def number(value: float, digits: int = 0) -> str:
    """`value` with `digits` decimals, a thin space between thousands and a true minus sign."""
    if not isfinite(value):
        return "unlimited" if value > 0 else "–"
    rounded = round(value, digits) + 0.0  # + 0.0 turns −0 into 0
    return spelled(f"{rounded:,.{digits}f}")


def compact(value: float) -> str:
    """`value` with about three significant digits, as one would say it: 1 235, 12.3, 0.045;
    `<0.000001` where it is less.
    """
    if not isfinite(value):
        return number(value)
    text = _at_least(value, min(_digits(value), MOST_DIGITS))
    return text if "." not in text or text[0] in "<>" else text.rstrip("0").rstrip(".")


def quantity(value: float) -> str:
    """Units of goods: all digits before the point, or about three."""
    return number(value) if abs(value) >= 1000 else compact(value)


def with_unit(value: float, unit: str) -> str:
    """Units of goods with what they are counted in: `3 t`; single pieces need no word.

    A round number of things in one word is multiplied out, so 12.4 of `1000 rounds` are `12 400 rounds`; of another
    unit that begins with a number so many are named, as in `3 × 10 kg bags`.
    """
    if unit in PIECES:
        return quantity(value)
    if many := ROUND_NUMBER.fullmatch(unit):
        return f"{quantity(value * int(many['count']))}{many['words']}"
    return f"{quantity(value)} {'× ' if unit[:1].isdigit() else ''}{unit}"


def one_more(unit: str) -> str:
    """One more of what a price counts, named where it is no single piece: `one more unit (1000 rounds)`."""
    return "one more unit" if unit in PIECES else f"one more unit ({unit})"


def spelled_unit(unit: str) -> str:
    """The unit of an aim as people read it: `EUR of goods weighted by priority`, `EUR of goods × days`."""
    goods = unit.replace("of value", "of goods")
    return BY_PRIORITY.sub(rf"goods\g<times> {WEIGHTED}", goods).replace(" x ", " × ")


def counted(unit: str, currency: str) -> str:
    """What money of a unit counts: `goods weighted by priority`; blank for money itself, and for what is no money."""
    return spelled_unit(unit.removeprefix(currency)).removeprefix(" of ") if unit.startswith(currency) else ""


def signed(text: str, value: float) -> str:
    """`text`, which says `value`, with a plus sign where that is above 0, unless it is written as 0."""
    return f"+{text}" if value > 0 and text.strip(f"0.,{THIN_SPACE}") else text


def _digits(value: float) -> int:
    """Digits after the point that show three significant ones."""
    return max(2 - floor(log10(abs(value))), 0) if value else 0


def _at_least(value: float, digits: int) -> str:
    """With so many digits after the point; what they cannot show is `<0.0001`, or `>−0.0001`, and never 0."""
    text = number(value, digits)
    if value == 0 or text.strip("−0."):
        return text
    return ("<" if value > 0 else ">−") + number(10.0**-digits, digits)


def share(value: float | None) -> str:
    """A ratio as per cent. Never 100 % while something is missing, never 0 % while there is something."""
    if value is None or not isfinite(value):
        return "–"
    percent = 100 * value
    if 99.5 <= percent < 100:
        return "over 99.9\u00a0%" if percent > 99.9 else f"{floor(percent * 10) / 10:.1f}\u00a0%"
    if 0 < percent < 0.5:
        return "under 0.1\u00a0%" if percent < 0.1 else f"{percent:.1f}\u00a0%"
    return f"{number(percent)}\u00a0%"


def exact_share(value: float) -> str:
    """A ratio that somebody typed, as per cent with all its digits: `0.01 %`."""
    return f"{compact(100 * value)}\u00a0%"


def least_share(value: float) -> str:
    """What is at least that share, in words: `at least 62 %`, rounded down; `all`."""
    percent = floor(100 * value + SHOWN_PERCENT)
    return "all" if percent >= 100 else f"at least {percent}\u00a0%" if percent else "something"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 leg`, `3 legs`; `many` for irregular words."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def with_article(nation: str) -> str:
    """The name of a nation as it stands within a sentence: `the United Kingdom`, `Poland`."""
    return f"the {nation}" if nation.startswith(("United ", "Netherlands", "Czech Republic")) else nation


def in_utc(moment: str) -> str:
    """A moment of a record as people read it: `2026-03-03 09:41:07 UTC`."""
    return f"{moment.replace('T', ' ').removesuffix('Z')} UTC"


def listing(names: list[str], most: int = 3) -> str:
    """`a, b and c`; where there are more than `most`: `a, b, c and 4 more`."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


@dataclass(frozen=True, slots=True)
class Money:
    """One scale for every amount of a report, so that two figures can be compared at a glance."""

    currency: str
    factor: float  # currency units in one unit shown

    @classmethod
    def scaled(cls, currency: str, largest: float) -> Money:
        """Millions, unless the largest amount of the plan is too small for them."""
        return cls(currency, MILLION if largest >= PLAIN_MONEY_BELOW else 1.0)

    @property
    def unit(self) -> str:
        """For headings and axes: `EUR million` or `EUR`."""
        return f"{self.currency} million" if self.factor == MILLION else self.currency

    @property
    def step(self) -> str:
        """What one more of it is called: `One more million EUR`."""
        return f"million {self.currency}" if self.factor == MILLION else self.currency

    def unit_of(self, what: str) -> str:
        """The same of what it counts: `EUR million of goods`; blank for money itself."""
        return f"{self.unit} of {what}" if what else self.unit

    def heading_unit(self, unit: str) -> str:
        """The unit of an aim, as a heading names it: `EUR million of goods × days`, `days`; blank for a share."""
        if unit.startswith(self.currency):
            unit = f"{self.unit}{unit.removeprefix(self.currency)}"
        return "" if unit == "share" else spelled_unit(unit)

    def figure(self, amount: float) -> str:
        """The amount alone, for tables whose heading names the unit:
        three significant digits, or all before the point.
        """
        scaled = amount / self.factor
        if not isfinite(scaled):
            return number(scaled)
        if scaled == 0:
            return "0"
        return _at_least(scaled, min(_digits(scaled), MOST_DECIMALS))

    def text(self, amount: float) -> str:
        """The amount with its unit, for sentences: `EUR 12.3 million`."""
        if self.factor == MILLION and abs(amount) >= MILLION:
            return f"{self.currency}\u00a0{self.figure(amount)}\u00a0million"
        return f"{self.currency}\u00a0{compact(amount)}"

    def of_unit(self, value: float, unit: str) -> str:
        """A value of an aim with its unit: `EUR 12.3 million of goods weighted by priority`, `14 days`."""
        unit_words = spelled_unit(unit)
        if not unit.startswith(self.currency):
            return f"{quantity(value)} {unit_words}"
        return f"{self.text(value)}{unit_words.removeprefix(self.currency)}"


@dataclass(frozen=True, slots=True)
class Units:
    """The scale of goods that have no common value: plain counts."""

    unit: str = "units"
    factor: float = 1.0

    def figure(self, amount: float) -> str:
        """The amount without its unit."""
        return quantity(amount)

    def text(self, amount: float) -> str:
        """The amount with its unit."""
        return f"{self.figure(amount)}\u00a0{self.unit}"


Scale = Money | Units
