"""The look of charts on a slide: type of 31 units or more, marks and lines to match, in the page's colours."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from towns import theme
from towns.exports.slides import TEXT_MIN

#: Type and marks grow by so much; type is never smaller than `TEXT_MIN`.
_TYPE: Final = 2.45
_MARKS: Final = 2.2


def copy_figure(part: Any) -> Any:
    """Return a copy that shares nothing, not even with itself: figures use one dict in several places."""
    if isinstance(part, Mapping):
        return {name: copy_figure(value) for name, value in part.items()}
    return [copy_figure(item) for item in part] if isinstance(part, list | tuple) else part


@lru_cache(maxsize=2)
def stage_template(mode: theme.Mode) -> dict[str, Any]:
    """Return the product's template in the type of a slide; callers must not change it."""
    template: dict[str, Any] = copy_figure(theme.plotly_template(mode))
    tokens = theme.TOKENS[mode]
    layout = template["layout"]
    enlarge({"data": [], "layout": layout}, tokens)
    layout["font"] = {"family": theme.FONT_FAMILY, "size": TEXT_MIN, "color": tokens.ink}
    for name in ("xaxis", "yaxis"):
        layout[name] |= {"ticklen": 8, "tickwidth": 2, "linewidth": 2, "gridwidth": 2}
        layout[name]["title"] = {"font": {"size": TEXT_MIN}, "standoff": 14}
    return template


def enlarge(plot: dict[str, Any], tokens: theme.Tokens) -> None:
    """Make type, lines, marks and shifts larger, in place."""
    for trace in plot["data"]:
        _grow(trace, tokens)
    layout = plot["layout"]
    for shape in layout.get("shapes") or ():
        _grow(shape, tokens)
    for note in layout.get("annotations") or ():
        note["font"] = _font(note.get("font") or {}, tokens)
        for name in ("xshift", "yshift", "ax", "ay"):
            if isinstance(note.get(name), int | float):
                note[name] *= _TYPE
    for name, part in layout.items():
        if name not in ("shapes", "annotations") and isinstance(part, dict):
            _grow(part, tokens)
    layout["hoverlabel"] = {**layout.get("hoverlabel", {}), "namelength": -1}
    layout["hoverlabel"]["font"] = _font(layout["hoverlabel"].get("font") or {}, tokens)


def _grow(part: dict[str, Any], tokens: theme.Tokens) -> None:
    for name, value in part.items():
        if name.endswith("font") and isinstance(value, dict):
            part[name] = _font(value, tokens)
        elif name in ("line", "marker", "error_x", "error_y") and isinstance(value, dict):
            for own in ("width", "size", "thickness"):
                if own in value:
                    value[own] = _times(value[own], _MARKS)
            if isinstance(value.get("pattern"), dict):
                value["pattern"]["size"] = 16
            _grow(value, tokens)
        elif name in ("xgap", "ygap", "ticklabelstandoff"):
            part[name] = _times(value, _MARKS)
        elif name == "title" and isinstance(value, dict):
            value["font"] = _font(value.get("font") or {}, tokens)


def _times(value: Any, factor: float) -> Any:
    if isinstance(value, list | tuple):
        return [None if item is None else item * factor for item in value]
    return value * factor if isinstance(value, int | float) else value


def _font(font: Mapping[str, Any], tokens: theme.Tokens) -> dict[str, Any]:
    """Return a font for the stage: larger, and in full ink where the page uses the ink that suits both themes."""
    size = font.get("size", TEXT_MIN / _TYPE)
    sizes = size if isinstance(size, list | tuple) else [size]
    grown = [max(TEXT_MIN, round(item * _TYPE)) for item in sizes]
    color = font.get("color", tokens.ink)
    return {
        **font,
        "size": grown if isinstance(size, list | tuple) else grown[0],
        "color": tokens.ink if color == tokens.chart_ink else color,
    }
