"""The few drawing parts that all pictures of the report share. Pictures are plain SVG text: no script, no network.

Colours are Okabe and Ito's, which people with any colour vision can tell apart; each comes with a pattern or a
line style, so that no picture needs colour to be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, isfinite, log10

from planner.tolerances import NOISE

INK, MUTED, GRID = "#1b2733", "#5a6672", "#d9dee3"
BLUE, ORANGE, GREEN, VERMILION = "#0072b2", "#e69f00", "#009e73", "#d55e00"
SKY, PURPLE, GREY, YELLOW = "#56b4e9", "#cc79a7", "#999999", "#f0e442"
FONT_SIZE = 12.0
Style = dict[str, str | float]
SPARE_WIDTH = 1.16  # other fonts than Helvetica are up to a sixth wider

_WIDTHS = {  # Helvetica, thousandths of the font size
    "'ijl": 215,
    "`!,./:;[]|I ftr-(){}": 300,
    '"*^csvxyzkJ': 500,
    "?_abdeghnopquL0123456789#$+<=>~F": 570,
    "&ABEKPSVXYTZwNCDHRUGOQ": 735,
    "M%mW@": 900,
}
_WIDTH = {letter: width for letters, width in _WIDTHS.items() for letter in letters}


def text_width(text: str, size: float = FONT_SIZE) -> float:
    """About how wide a text is drawn, on the safe side."""
    wide = (_WIDTH.get(letter, 1000 if ord(letter) > 0x2E80 else 620) for letter in text)
    return sum(wide) / 1000 * size * SPARE_WIDTH


def shortened(text: str, width: float, size: float = FONT_SIZE) -> str:
    """`text`, cut with an ellipsis where it would be wider than `width`."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…" if text.strip() else ""


def element(tag: str, content: str = "", /, **attributes: str | float) -> str:
    """One SVG element; `class_` and `stroke_width` become `class` and `stroke-width`. Content is not escaped."""
    parts = [tag]
    for name, value in attributes.items():
        shown = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else escape(str(value), quote=True)
        parts.append(f'{name.rstrip("_").replace("_", "-")}="{shown}"')
    opened = " ".join(parts)
    return f"<{opened}>{content}</{tag}>" if content else f"<{opened}/>"


def text(x: float, y: float, content: str, /, **attributes: str | float) -> str:
    """A text, escaped."""
    return element("text", escape(content), x=float(x), y=float(y), **attributes)


def tooltip(content: str) -> str:
    """What a browser shows when the pointer rests on the element around it."""
    return element("title", escape(content))


def picture(width: float, height: float, title: str, parts: Sequence[str], marking: str = "") -> str:
    """A whole picture, with its title for screen readers and the handling caveat in its lower right corner."""
    body = [element("title", escape(title)), *parts]
    if marking:
        shown = shortened(marking, width - 8, 10)
        body.append(text(width - 4, height - 4, shown, text_anchor="end", font_size=10.0, class_="caveat"))
    frame = f'viewBox="0 0 {width:g} {height:g}" style="max-width:{width:g}px"'
    return f'<svg class="picture" role="img" {frame}>{"".join(body)}</svg>'


@dataclass(frozen=True, slots=True)
class Ink:
    """How one series is drawn: `colour`, and the pattern over it that tells it apart without colour."""

    colour: str
    pattern: str = ""  # the id of one of PATTERNS; empty: plain

    @property
    def fill(self) -> str:
        return f"url(#{self.pattern}-{self.colour[1:]})" if self.pattern else self.colour


PATTERNS = {
    "rising": '<path d="M-2,2l4,-4M0,8l8,-8M6,10l4,-4" stroke="{ink}" stroke-width="2.4"/>',
    "falling": '<path d="M-2,6l4,4M0,0l8,8M6,-2l4,4" stroke="{ink}" stroke-width="2.4"/>',
    "dots": '<circle cx="4" cy="4" r="2" fill="{ink}"/>',
    "bars": '<path d="M0,2h8M0,6h8" stroke="{ink}" stroke-width="1.6"/>',
    "posts": '<path d="M2,0v8M6,0v8" stroke="{ink}" stroke-width="1.6"/>',
    "grid": '<path d="M0,4h8M4,0v8" stroke="{ink}" stroke-width="1.8"/>',
}
SERIES = (
    Ink(BLUE),
    Ink(ORANGE, "rising"),
    Ink(GREEN, "dots"),
    Ink(PURPLE, "bars"),
    Ink(SKY),
    Ink(VERMILION, "falling"),
    Ink(YELLOW, "grid"),
    Ink("#3b4a59", "posts"),
)
REST = Ink("#c8ced4")
ON_TIME, LATE, MISSING = Ink(BLUE), Ink(SKY, "dots"), Ink(VERMILION, "rising")


def definitions() -> str:
    """The patterns, once for the whole page: light ground, marks in the colour of the series."""
    inks = {ink for ink in (*SERIES, LATE, MISSING) if ink.pattern}
    shapes = [
        f'<pattern id="{ink.pattern}-{ink.colour[1:]}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{ink.colour}" fill-opacity="0.22"/>'
        f"{PATTERNS[ink.pattern].format(ink=ink.colour)}</pattern>"
        for ink in sorted(inks, key=lambda ink: (ink.pattern, ink.colour))
    ]
    return f'<svg class="definitions" width="0" height="0" aria-hidden="true"><defs>{"".join(shapes)}</defs></svg>'


def ticks(largest: float, count: int = 5) -> list[float]:
    """Round values from 0 to at least `largest`, about `count` of them."""
    if largest <= 0 or not isfinite(largest):
        return [0.0, 1.0]
    rough = largest / count
    power = 10.0 ** floor(log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - NOISE))
    return [i * step for i in range(ceil(largest / step - NOISE) + 1)]


def label_every(labels: Sequence[str], room: float, size: float = FONT_SIZE) -> int:
    """Every how many labels there is room for one, `room` being the width per label."""
    widest = max((text_width(label, size) for label in labels), default=0.0) + 8
    needed = max(1, ceil(widest / room)) if room > 0 else 1
    return next((step for step in (1, 2, 3, 4, 6, 12, 24, 52, 104) if step >= needed), needed)
