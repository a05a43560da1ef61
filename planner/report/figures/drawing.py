"""From a description of a figure to what a page shows: a static SVG, on paper, in a report and on the desk.

A figure is an Altair chart with a `title` (and a subtitle: units, what marks mean) and a `description` (for who cannot
see it). Title and subtitle are text of the page, above the picture, so that they break and are found as other text.
Here, and only here, a figure gets the theme, and here alone vl-convert draws it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, TypeAlias
from xml.etree import ElementTree

import altair as alt
from markupsafe import Markup

from planner.report.figures.theme import CONFIG, FONT, MUTED, SMALL

Figure: TypeAlias = alt.Chart | alt.LayerChart | alt.FacetChart | alt.VConcatChart

SVG = "http://www.w3.org/2000/svg"
CAVEAT_HEIGHT = 18.0
UNREAD = ("role", "aria-roledescription", "aria-label", "aria-hidden", "class", "pointer-events")
REFERENCE = "url(#"
DRAWN_WIDTH = re.compile(r"--drawn:([0-9.]+)px")
NARROW = 480.0  # pixels: what is wider scrolls on a telephone
HALF_PAGE = 640.0  # pixels: what is wider does not stand beside another

ElementTree.register_namespace("", SVG)


def chart_of(rows: Sequence[Mapping[str, object]]) -> alt.Chart:
    """A chart of inline data, one mapping a row, to be given marks."""
    return alt.Chart(data_of(rows))


def distinct(names: Sequence[str]) -> list[str]:
    """Names by which rows can be distinguished: one that comes again is numbered, `Poland (2)`."""
    seen: Counter[str] = Counter()
    labels = []
    for name in names:
        seen[name] += 1
        labels.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return labels


def data_of(rows: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    """Inline data. Altair copies a chart at each step of its making, lists and all that is in them; no tuples."""
    return {"values": tuple(rows)}


def specification(figure: Figure) -> dict[str, Any]:
    """The Vega-Lite specification of a figure, complete with theme, data, title and description.

    Nothing is loaded from anywhere: the data are inline.
    """
    spec: dict[str, Any] = figure.to_dict(
        validate=False
    )  # tests hold figures against the schema: it takes longer than drawing
    spec["config"] = CONFIG
    return spec


def render(figure: Figure, marking: str = "") -> Markup:
    """A figure as one static `<svg>`: no script, no font or other file, the same bytes for the same figure.

    `marking`, the handling caveat, stands in its lower right corner.
    """
    return _drawn(json.dumps(specification(figure), sort_keys=True), title_of(figure), marking)


def framed(figure: Figure, marking: str = "", level: int = 0) -> Markup:
    """A figure as the `<figure>` of a page: on a narrow screen it scrolls, with the keyboard too, and says so.

    `level`: that of its title among the headings of the page; 0: it is none.
    """
    drawn = render(figure, marking)
    width = DRAWN_WIDTH.search(drawn)
    pixels = 0.0 if width is None else float(width[1])
    hint = Markup('<p class="scrolls">The picture scrolls sideways.</p>') if pixels > NARROW else Markup()
    tag = f"h{level}" if level else "strong"
    subtitle = Markup("<br>").join(_subtitle(figure))
    caption = Markup(f"<figcaption><{tag}>{{}}</{tag}>{{}}</figcaption>").format(
        title_of(figure), Markup("<small>{}</small>").format(subtitle) if subtitle else ""
    )
    framed = Markup('<figure class="chart{}" tabindex="0" role="group" aria-label="{}">{}{}{}</figure>')
    return framed.format(" whole" if pixels > HALF_PAGE else "", title_of(figure), caption, hint, drawn)


def title_of(figure: Figure) -> str:
    """What stands above a figure."""
    title = figure.title
    return title if isinstance(title, str) else str(title.text)


def _subtitle(figure: Figure) -> list[str]:
    title = figure.title
    lines = [] if isinstance(title, str) else title.subtitle
    return [lines] if isinstance(lines, str) else list(lines)


@lru_cache(maxsize=128)
def _drawn(spec: str, title: str, marking: str) -> Markup:
    import vl_convert  # starts a JavaScript engine: only for who draws

    described = json.loads(spec)
    del described["title"]  # the page has it
    drawn = ElementTree.fromstring(vl_convert.vegalite_to_svg(described, show_warnings=False, allowed_base_urls=[]))
    _tidy(drawn, "f" + sha256(spec.encode()).hexdigest()[:10])
    if marking:
        _mark(drawn, marking)
    _name(drawn, title, described["description"])
    return Markup(ElementTree.tostring(drawn, encoding="unicode").replace(f' xmlns="{SVG}"', "", 1))  # HTML knows it


def _tidy(drawn: ElementTree.Element, prefix: str) -> None:
    """Descriptions of marks become tooltips, identifiers unique on a page, and what shows nothing goes."""
    for parent in list(drawn.iter()):
        for child in list(parent):
            hidden = child.get("opacity") == "0" or child.get("display") == "none"
            if hidden or child.get("d") in ("", "M0,0h0v0h0Z"):
                parent.remove(child)
        label = parent.get("aria-label") if parent.get("role") == "graphics-symbol" else None
        if label and parent.tag != f"{{{SVG}}}g":
            ElementTree.SubElement(parent, f"{{{SVG}}}title").text = label
        if parent.tag == f"{{{SVG}}}text" and parent.get("stroke"):
            parent.set("paint-order", "stroke")  # its edge lies below the letters
        for name in UNREAD:
            parent.attrib.pop(name, None)
        for name, value in parent.attrib.items():
            if name == "id":
                parent.set(name, prefix + value)
            elif value.startswith(REFERENCE):
                parent.set(name, REFERENCE + prefix + value.removeprefix(REFERENCE))


def _mark(drawn: ElementTree.Element, marking: str) -> None:
    width, height = float(drawn.get("width", 0)), float(drawn.get("height", 0)) + CAVEAT_HEIGHT
    drawn.set("height", f"{height:g}")
    drawn.set("viewBox", f"0 0 {width:g} {height:g}")
    place = {"x": f"{width - 4:g}", "y": f"{height - 5:g}", "text-anchor": "end", "font-size": str(SMALL - 1)}
    style = {"font-family": FONT, "font-weight": "bold", "fill": MUTED}
    ElementTree.SubElement(drawn, f"{{{SVG}}}text", place | style).text = marking


def _name(drawn: ElementTree.Element, title: str, description: str) -> None:
    """Title and description for screen readers; as wide as the page allows, and no wider than it was drawn."""
    width, view = drawn.attrib["width"], drawn.attrib["viewBox"]
    label = f"{title}. {description}" if description else title
    drawn.attrib.clear()
    drawn.attrib.update(
        {"class": "picture", "role": "img", "aria-label": label, "viewBox": view, "style": f"--drawn:{width}px"}
    )
    for index, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(f"{{{SVG}}}{tag}")
        element.text = text
        drawn.insert(index, element)
