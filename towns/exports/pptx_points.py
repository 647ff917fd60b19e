"""Series of points on two axes of numbers, read from a Plotly figure: entities, connectors, ranges, marked lines."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from towns.exports.pptx_read import Reader, at, plain
from towns.exports.pptx_series import (
    MOST_WORDS,
    Key,
    Label,
    Look,
    Reach,
    Series,
    count_words,
    has_places,
    if_any,
    is_hidden,
    key_of,
    meta_of,
    name_of,
    read_look,
    read_reaches,
    read_stroke,
    read_whisker,
    scale_points,
    side_of,
    write_bound,
)
from towns.i18n import t


def read_points(traces: Sequence[dict[str, Any]], layout: dict[str, Any], reader: Reader) -> tuple[Series, ...]:
    """Return the series of a chart with two axes of numbers, in the order of the figure."""
    reaches = read_reaches(traces, reader)
    solid = _solid_chains(traces)
    few = count_words(traces) + len(reaches) <= MOST_WORDS
    found: list[Series] = []
    for trace in traces:
        kind = meta_of(trace)
        if kind.get("bound") or kind.get("marks") or kind.get("join") == "solid" or is_hidden(trace):
            continue
        if not has_places(trace):
            if trace.get("showlegend") is not False and trace.get("name"):
                found.append(Series(name_of(trace), "line", (None,), (None,), read_look(trace, 0)))
        elif kind.get("join"):
            name = t("pptx.connector", reader.lang)
            xs, ys = scale_points(trace["x"], trace["y"], reader)
            found.append(Series(name, "line", ys, xs, read_look(trace, 0), in_legend=False, copies=True))
        else:
            found += _read_entity(trace, solid.get(str(trace.get("legendgroup")), []), reaches, reader, few=few)
    return (*found, *_read_uprights(traces, layout, reader), *_read_levels(layout, reader))


def _read_entity(
    trace: dict[str, Any], chains: list[tuple[dict[str, Any], list[Key]]], reaches: dict[Key, Reach], reader: Reader,
    *, few: bool,
) -> list[Series]:  # fmt: skip
    """Return a trace as one series a run of joined points, and one for the points that stand alone."""
    mode = str(trace.get("mode", "lines"))
    if "markers" not in mode:
        points = list(range(len(trace["x"])))
        return [_series(trace, points, read_look(trace, 0), reaches, reader, few=few)]
    left = {
        place: key_of(x, y) for place, (x, y) in enumerate(zip(trace["x"], trace["y"], strict=True)) if x is not None
    }
    runs: list[tuple[list[int], Look]] = []
    for stroke, chain in chains:
        run = []
        for key in chain:
            place = next((place for place, own in left.items() if own == key), None)
            if place is not None:
                run.append(place)
                del left[place]
        look = read_look(trace, run[0]) if run else Look()
        line = read_look(stroke, 0)
        runs.append((run, replace(look, width=line.width, dash=line.dash)))
    if left:
        own = read_look(trace, next(iter(left)))
        runs.append((list(left), own if "lines" in mode else replace(own, width=0.0, dash="")))
    made = [_series(trace, run, look, reaches, reader, few=few) for run, look in runs if run]
    ranged = _series_of_ranges(trace, reaches, reader)
    return [replace(one, in_legend=one.in_legend and place == 0) for place, one in enumerate(made)] + ranged


def _series(
    trace: dict[str, Any], points: list[int], look: Look, reaches: dict[Key, Reach], reader: Reader, *, few: bool
) -> Series:
    """Return the named points of a trace as one series with its words, notes and arrows."""
    raw = [(trace["x"][place], trace["y"][place]) for place in points]
    xs, ys = scale_points([x for x, _ in raw], [y for _, y in raw], reader)
    labels, notes, whiskers, overrides = [], [], [], []
    pointed = False
    for order, (place, (x, y)) in enumerate(zip(points, raw, strict=True)):
        reach = reaches.get(key_of(x, y)) if x is not None and y is not None else None
        text = plain(str(at(trace.get("text"), place, "") or "")) if "text" in str(trace.get("mode")) else ""
        side = side_of(str(at(trace.get("textposition"), place, "top center")))
        value = ys[order] if reader.upright else xs[order]
        if reach and reach.kind != "band" and not text and few and value is not None:
            text, side = write_bound(value, reach, reader), "b" if reader.upright else "t"
        if text and value is not None:
            labels.append(Label(order, text, side))
        notes.append(t(f"pptx.note_{reach.kind}", reader.lang) if reach else "")
        is_open = reach is not None and reach.kind != "band"
        pointed = pointed or is_open
        whiskers.append(read_whisker(reach, reader) if reach and is_open else None)
        own = read_look(trace, place)
        if is_open and own.symbol:
            shape = "triangle" if reach and reach.kind == "lower" else "dash"
            overrides.append((order, replace(own, symbol=shape, hollow=False)))
        elif (own.symbol, own.hollow) != (look.symbol, look.hollow):
            overrides.append((order, own))
    shown = trace.get("showlegend") is not False and bool(trace.get("name"))
    return Series(
        name_of(trace) or t("pptx.series", reader.lang), "line", ys, xs, look, tuple(labels), shown, if_any(notes),
        tuple(whiskers) if pointed else (), pointed, overrides=tuple(overrides),
    )  # fmt: skip


def _series_of_ranges(trace: dict[str, Any], reaches: dict[Key, Reach], reader: Reader) -> list[Series]:
    """Return the points of about and nearly once more, for the range that they may lie in."""
    keys = [key_of(x, y) for x, y in zip(trace["x"], trace["y"], strict=True) if x is not None and y is not None]
    banded = [(key, reach) for key in dict.fromkeys(keys) if (reach := reaches.get(key)) and reach.kind == "band"]
    if not banded:
        return []
    xs, ys = scale_points([key[0] for key, _ in banded], [key[1] for key, _ in banded], reader)
    look = Look(color=read_look(trace, 0).color)
    name = t("pptx.range", reader.lang, name=name_of(trace) or t("pptx.series", reader.lang))
    ranges = tuple(read_whisker(reach, reader) for _, reach in banded)
    notes = tuple(t("pptx.note_band", reader.lang) for _ in banded)
    return [Series(name, "line", ys, xs, look, in_legend=False, notes=notes, whiskers=ranges, copies=True)]


def _solid_chains(traces: Iterable[dict[str, Any]]) -> dict[str, list[tuple[dict[str, Any], list[Key]]]]:
    """Return for each group its runs of points that solid lines join, each with the trace that draws it."""
    found: dict[str, list[tuple[dict[str, Any], list[Key]]]] = {}
    for trace in traces:
        if meta_of(trace).get("join") != "solid":
            continue
        runs = found.setdefault(str(trace.get("legendgroup")), [])
        xs, ys = list(trace["x"]), list(trace["y"])
        for place in range(0, len(xs) - 1, 3):
            first, second = key_of(xs[place], ys[place]), key_of(xs[place + 1], ys[place + 1])
            if runs and runs[-1][1][-1] == first:
                runs[-1][1].append(second)
            else:
                runs.append((trace, [first, second]))
    return found


def _read_uprights(traces: Sequence[dict[str, Any]], layout: dict[str, Any], reader: Reader) -> list[Series]:
    """Return the thin upright lines of events, plans and breaks, each with its name where the figure has room."""
    low, high = reader.up.low, reader.up.high
    if low is None or high is None or not reader.upright:
        return []
    told = {
        round(float(x), 6): plain(str(text)).split("\n")[0]
        for trace in traces
        if meta_of(trace).get("marks") == "events"
        for x, text in zip(trace["x"], trace["hovertext"], strict=True)
    }
    found = []
    for shape in layout.get("shapes") or ():
        if shape.get("yref") != "paper" or shape.get("x0") != shape.get("x1") or shape.get("x0") is None:
            continue
        x = float(shape["x0"])
        note = next((one for one in layout.get("annotations") or () if one.get("x") == shape["x0"]), None)
        name = plain(str(note["text"])) if note else told.get(round(x, 6), t("pptx.mark", reader.lang))
        place = reader.across.scale(x)
        if not reader.across.holds(place):
            continue
        ys: tuple[float, ...] = (low, high)
        labels: tuple[Label, ...] = ()
        if note is not None:
            # The words hang from their lane's upper edge; a label is centred on its point.
            ys = (low, low + (high - low) * (float(note["y"]) - 0.035), high)
            labels = (Label(1, name, "l" if note.get("xanchor") == "right" else "r"),)
        found.append(Series(name, "line", ys, (place,) * len(ys), read_stroke(shape), labels, in_legend=False))
    return found


def _read_levels(layout: dict[str, Any], reader: Reader) -> list[Series]:
    """Return the level lines of rules across the chart, named on them."""
    left, right = reader.across.low, reader.across.high
    if left is None or right is None or not reader.upright:
        return []
    found = []
    for shape in layout.get("shapes") or ():
        if shape.get("xref") != "paper" or shape.get("y0") != shape.get("y1") or shape.get("y0") is None:
            continue
        note = next((one for one in layout.get("annotations") or () if one.get("y") == shape["y0"]), None)
        value = reader.up.scale(float(shape["y0"]))
        name = plain(str(note["text"])) if note else t("pptx.mark", reader.lang)
        middle = left + (right - left) * (0.2 if note and note.get("xanchor") == "left" else 0.8)
        labels = (Label(1, name, "t"),) if note else ()
        look = read_stroke(shape)
        found.append(Series(name, "line", (value,) * 3, (left, middle, right), look, labels, in_legend=False))
    return found
