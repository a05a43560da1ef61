"""What all pages are made with: the frame, the look, the table, and how names and numbers are written in them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from planner.paths import as_argument
from planner.report.figures.drawing import framed, title_of
from planner.report.words.numbers import compact, exact_share, in_utc, number, plural, share
from planner.report.words.phases import phase_words

TEMPLATES = Path(__file__).with_name("templates")
_BREAKS = re.compile(r"[_>:/\\|](?=\w)|[^\s_>:/\\|-]{26}(?=\S)")
_MONTH, _CELL = r"[12][0-9]{3}-[0-9Q][0-9](?:-[0-9]{2})?", r"[A-Z][A-Za-z_]*![A-Z]{1,3}[0-9]+(?::[A-Z]{1,3}[0-9]+)?"
_FILE = r"[^\s,;]*[./\\][^\s,;]*[^\s,;.:]|'[^']+'"
_SPECIAL = re.compile(
    rf"(?P<nowrap>\b{_MONTH}(?: to {_MONTH})?\b)"
    rf"|(?P<cells>{_CELL}(?:, {_CELL})*(?: and [0-9]+ more(?: ranges)?)?)"
    rf"|(?P<command>\bplanner [a-z]+(?: (?:--model [\w-]+|--?[\w-]+|[A-Z]+\b|{_FILE}))*)"
)


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
        in_utc=in_utc,
        drawn=framed,
        figure_title=title_of,
    )
    environment.globals.update(
        css=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        script=Markup((TEMPLATES / "page.js").read_text(encoding="utf-8")),
    )
    return environment


def breakable(content: object) -> Markup:
    """A text as it stands on a page: names may break over lines after their separators, months and spans of months may
    not break at all; cells of the input and commands look unlike other words.
    """
    text, pieces, end = str(content), [], 0
    for match in _SPECIAL.finditer(text):
        pieces.append(_broken(text[end : match.start()]))
        marked = _months(match[0]) if match.lastgroup == "nowrap" else _broken(match[0])
        pieces.append(Markup('<span class="{}">{}</span>').format(match.lastgroup, marked))
        end = match.end()
    return Markup("").join([*pieces, _broken(text[end:])])


def _months(content: str) -> Markup:
    """A month, or a span of two, of which each is whole also where the span is not (`.few` in report.css)."""
    first, mark, last = content.partition(" to ")
    return (
        Markup('<span class="month">{}</span> to <span class="month">{}</span>').format(first, last)
        if mark
        else escape(first)
    )


def _broken(content: str) -> Markup:
    return Markup("<wbr>").join(_BREAKS.sub("\\g<0>\0", content).split("\0"))


def _plural(count: int, one: str, many: str | None = None) -> str:
    return plural(count, one, many)


def css_string(content: str) -> Markup:
    """A text as a CSS string in which nothing can end the string, the rule or the style element."""
    letters = (letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in content)
    return Markup('"' + "".join(letters) + '"')
