"""What all pages are made with: the frame, the look, the table, and how names and numbers are written in them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from planner.paths import as_argument
from planner.report.figures.drawing import framed, title_of
from planner.report.words.numbers import compact, exact_share, number, plural, share
from planner.report.words.phases import phase_words

TEMPLATES = Path(__file__).with_name("templates")
_BREAKS = re.compile(r"[_>:/\\|](?=\w)|[^\s_>:/\\|-]{26}(?=\S)")
_MONTHS = re.compile(r"\b([12][0-9]{3}-[0-9Q][0-9](?:-[0-9]{2})?)\b")


@lru_cache
def environment(*folders: Path) -> jinja2.Environment:
    """Templates of these folders, else those shared by all pages.

    Filters write numbers and names for people; the globals `css` and `script` are what `page.html.j2` holds.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=number,
        compact=compact,
        share=share,
        exact_share=exact_share,
        plural=_plural,
        breakable=breakable,
        css_string=css_string,
        as_argument=lambda path: as_argument(Path(path)),
        phase_words=phase_words,
        drawn=framed,
        figure_title=title_of,
    )
    environment.globals.update(
        css=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        script=Markup((TEMPLATES / "page.js").read_text(encoding="utf-8")),
    )
    return environment


def breakable(content: object) -> Markup:
    """A text whose names may break over lines after their separators, and whose months may not break at all."""
    parts = _MONTHS.split(str(content))
    kept = [
        Markup('<span class="nowrap">{}</span>').format(part) if place % 2 else _broken(part)
        for place, part in enumerate(parts)
    ]
    return Markup("").join(kept)


def _broken(content: str) -> Markup:
    return Markup("<wbr>").join(_BREAKS.sub("\\g<0>\0", content).split("\0"))


def _plural(count: int, one: str, many: str | None = None) -> str:
    return plural(count, one, many)


def css_string(content: str) -> Markup:
    """A text as a CSS string in which nothing can end the string, the rule or the style element."""
    letters = (letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in content)
    return Markup('"' + "".join(letters) + '"')
