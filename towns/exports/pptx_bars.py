"""Series by category, read from a Plotly figure: bars, and lines or words over the same categories."""

from collections.abc import Sequence
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
    Side,
    count_words,
    if_any,
    is_hidden,
    key_of,
    meta_of,
    name_of,
    read_error,
    read_look,
    read_reaches,
    read_whisker,
    write_bound,
)
from towns.i18n import t


def read_bar_series(
    traces: Sequence[dict[str, Any]], keys: tuple[Any, ...], reader: Reader, layout: dict[str, Any], *, stacked: bool
) -> tuple[Series, ...] | None:
    """Return the series of a chart by category, None where the figure cannot be told by category.

    That is so where one series says two things of a category, or where parts of a bar do not follow on each other.
    """
    reaches = read_reaches(traces, reader)
    few = count_words(traces) + len(reaches) <= MOST_WORDS
    across, along = ("x", "y") if reader.upright else ("y", "x")
    ends = [0.0] * len(keys)
    found: list[Series] = []
    for number, trace in enumerate(traces):
        is_bar = trace.get("type") == "bar"
        if meta_of(trace).get("bound") or is_hidden(trace) or (not is_bar and not reader.upright):
            continue
        values: list[float | None] = [None] * len(keys)
        spots: dict[int, int] = {}
        for place, (category, value) in enumerate(zip(trace[across], trace[along], strict=True)):
            if value is None:
                continue
            slot = _slot(category, keys)
            if slot is None or slot in spots:
                return None
            if is_bar and stacked:
                base = at(trace.get("base"), place)
                if base is not None and abs(float(base) - ends[slot]) > 1e-9:
                    return None
                ends[slot] += float(value)
            spots[slot] = place
            shown = reader.up.scale(float(value))
            # What runs out of the picture is a stroke, not a number.
            values[slot] = shown if is_bar or reader.up.holds(shown) else None
        if not is_bar and "lines" in str(trace.get("mode", "lines")):
            _carry_level(values)
        found.append(_category_series(trace, number, traces, values, spots, reaches, reader, few=few, stacked=stacked))
    return tuple(_told_apart(_annotated(found, keys, layout, reader), reader))


def _annotated(series: list[Series], keys: tuple[Any, ...], layout: dict[str, Any], reader: Reader) -> list[Series]:
    """Return the series with the figure's words at values put to the points that they stand at."""
    found = list(series)
    for note in layout.get("annotations") or ():
        x, y = note.get("x"), note.get("y")
        if note.get("xref") or note.get("yref") or not isinstance(x, int | float) or not isinstance(y, int | float):
            continue
        slot, value = _slot(x, keys), reader.up.scale(float(y))
        for order in range(len(found) - 1, -1, -1):
            one = found[order]
            if slot is None or one.ys[slot] != value or any(label.point == slot for label in one.labels):
                continue
            side: Side = "outEnd" if one.form == "bar" else "t"
            found[order] = replace(one, labels=(*one.labels, Label(slot, plain(str(note["text"])), side)))
            break
    return found


def _carry_level(values: list[float | None]) -> None:
    """Draw a level, given by its two ends, in all categories between them."""
    known = [place for place, value in enumerate(values) if value is not None]
    if len(known) == 2 and values[known[0]] == values[known[1]]:
        values[known[0] : known[1] + 1] = [values[known[0]]] * (known[1] - known[0] + 1)


def _category_series(
    trace: dict[str, Any], number: int, traces: Sequence[dict[str, Any]], values: list[float | None],
    spots: dict[int, int], reaches: dict[Key, Reach], reader: Reader, *, few: bool, stacked: bool,
) -> Series:  # fmt: skip
    is_bar = trace.get("type") == "bar"
    across, along = ("x", "y") if reader.upright else ("y", "x")
    mode = str(trace.get("mode", ""))
    is_words = mode == "text"
    look = Look() if is_words else read_look(trace, 0)
    labels, overrides = [], []
    notes: list[str] = [""] * len(values)
    whiskers: list[tuple[float, float] | None] = [None] * len(values)
    pointed = False
    for slot, place in sorted(spots.items()):
        value = values[slot]
        is_placed = isinstance(trace[across][place], int | float)
        key = key_of(trace["x"][place], trace["y"][place]) if is_placed else None
        reach = (reaches.get(key) if key else None) or read_error(trace, place, along)
        text = plain(str(at(trace.get("text"), place, "") or ""))
        if (is_bar and trace.get("textposition") not in ("outside", "inside", "auto")) or (
            not is_bar and "text" not in mode
        ):
            text = ""
        if reach:
            notes[slot] = t(f"pptx.note_{reach.kind}", reader.lang)
            whiskers[slot] = read_whisker(reach, reader)
            pointed = pointed or reach.kind != "band"
            if not text and few and value is not None and reach.kind != "band":
                text = write_bound(value, reach, reader)
        if text.strip() and value is not None:
            side: Side = ("ctr" if stacked else "outEnd") if is_bar else "t"
            labels.append(Label(slot, text.strip(), side))
        own = read_look(trace, place)
        if reach and reach.kind != "band" and own.symbol and not is_bar:
            own = replace(own, symbol="triangle" if reach.kind == "lower" else "dash", hollow=False)
        if not is_words and own != look:
            overrides.append((slot, own))
    return Series(
        _category_name(trace, number, traces, reader),
        "bar" if is_bar else "line",
        tuple(values),
        look=look,
        labels=tuple(labels),
        in_legend=not is_words and bool(trace.get("name")) and trace.get("showlegend") is not False,
        notes=if_any(notes),
        whiskers=tuple(whiskers) if any(whiskers) else (),
        pointed=pointed,
        overrides=tuple(overrides),
    )


def _category_name(trace: dict[str, Any], number: int, traces: Sequence[dict[str, Any]], reader: Reader) -> str:
    """Return a series' name; the lower end of a filled band, which has none, takes that of its upper end."""
    if str(trace.get("mode")) == "text":
        return t("pptx.above", reader.lang)
    if trace.get("fill") == "tonexty":
        return t("pptx.band_high", reader.lang, name=name_of(trace))
    after = traces[number + 1] if number + 1 < len(traces) else {}
    if not trace.get("name") and after.get("fill") == "tonexty":
        return t("pptx.band_low", reader.lang, name=name_of(after))
    return name_of(trace) or reader.up.title or t("pptx.series", reader.lang)


def _told_apart(series: list[Series], reader: Reader) -> list[Series]:
    """Return the series with names that differ: the hatched part of a bar says that it is."""
    seen: set[str] = set()
    found = []
    for one in series:
        name = one.name
        if name in seen and one.look.pattern:
            name = t("pptx.patterned", reader.lang, name=name)
        count = 2
        while name in seen:
            name = f"{one.name} {count}"
            count += 1
        seen.add(name)
        found.append(replace(one, name=name))
    return found


def _slot(category: Any, keys: tuple[Any, ...]) -> int | None:
    if isinstance(category, int | float) and keys and isinstance(keys[0], int | float):
        nearest = min(range(len(keys)), key=lambda place: abs(keys[place] - category))
        return nearest if abs(keys[nearest] - category) <= 0.5 else None
    return keys.index(category) if category in keys else None
