"""Draws the legend of the map: symbols with their words, and the notes below."""

from html import escape
from typing import Final

import streamlit as st

from towns.maps.icons import as_image, leader_svg, line_svg, mark_svg
from towns.maps.palette import MapPalette
from towns.maps.spec import MapSpec
from towns.maps.svg import LegendEntry, LegendGroup
from towns.ui import page
from towns.views.map_legend import list_notes
from towns.views.map_model import MapView

_PIXELS: Final = 20
#: From this many letters (a Chinese character is two) the words of a group stand in one column.
_LONG: Final = 34
_STYLE: Final = """<style>
.map-legend { font-size: .875rem; line-height: 1.35; }
.map-legend h2 { font-size: .875rem; font-weight: 600; margin: .6rem 0 .25rem; padding: 0; }
.map-legend ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .1rem .6rem;
  grid-template-columns: repeat(auto-fill, minmax(7.6rem, 1fr)); }
.map-legend ul.map-long { grid-template-columns: 1fr; }
.map-legend li { display: flex; align-items: center; gap: .4rem; margin: 0; padding: 0; font-size: .8125rem;
  font-variant-numeric: tabular-nums; }
.map-legend ul.map-long li { align-items: flex-start; }
.map-legend img { flex: none; }
.map-legend i { flex: none; width: 1.1rem; height: .8rem; border: 1px solid rgba(128,128,128,.6); }
</style>"""


def show_legend(view: MapView, spec: MapSpec, groups: tuple[LegendGroup, ...]) -> None:
    """Draw the groups of the legend one under another, then the notes."""
    html = "".join(_group(group, spec.palette) for group in groups)
    st.html(f'{_STYLE}<div class="map-legend">{html}</div>')
    st.caption("  \n".join(page.escape(note) for note in list_notes(view, spec)))


def _group(group: LegendGroup, palette: MapPalette) -> str:
    longest = max((len(entry.words.encode("gbk", "replace")) for entry in group.entries), default=0)
    kind = ' class="map-long"' if longest > _LONG else ""
    cell = _PIXELS * max([1.0, *(entry.scale for entry in group.entries)])
    items = "".join(
        f"<li>{_symbol(entry, palette, cell)}<span>{escape(entry.words)}</span></li>" for entry in group.entries
    )
    return f"<h2>{escape(group.heading)}</h2><ul{kind}>{items}</ul>"


def _symbol(entry: LegendEntry, palette: MapPalette, cell: float) -> str:
    """Return a swatch, or a picture in a cell of even width: inline SVG is cleaned away from a page's HTML."""
    if entry.color and not entry.line:
        return f'<i style="background:{entry.color}"></i>'
    svg = line_svg(entry.line, entry.color) if entry.line else leader_svg()
    if entry.mark:
        svg = mark_svg(entry.mark, palette)
    pixels = round(_PIXELS * entry.scale)
    side = max(0.0, (cell - pixels) / 2)
    return f'<img src="{as_image(svg)}" width="{pixels}" height="{pixels}" alt="" style="margin:0 {side:g}px">'
