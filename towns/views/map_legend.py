"""The legend of the map in words and symbols, for the page and for the picture alike."""

from typing import Final

from towns.fmt import format_number
from towns.i18n import t
from towns.maps.encode import Channel, legend_mark
from towns.maps.icons import Mark
from towns.maps.spec import FAINT_SCALE, MapSpec, hatch_color
from towns.maps.svg import LegendEntry, LegendGroup
from towns.model import Lang
from towns.sentences.map import write_mountains
from towns.views.map_areas import STEPS, Level, step_labels
from towns.views.map_model import LegendRow, MapView, ValueView
from towns.views.map_values import class_labels_of

#: A class of size is drawn no larger than this in the legend.
_WIDEST: Final = 1.7


def build_legend(view: MapView, spec: MapSpec, channel: Channel, *, money: str) -> tuple[LegendGroup, ...]:
    """Return the groups of the legend; what a value takes over (colour, outline or size) is told first."""
    lang = view.lang
    groups: list[LegendGroup] = []
    if view.metric is not None:
        groups.append(_values(view.metric, spec, channel, lang))
    if spec.shading != "none":
        groups.append(_shades(view, spec, spec.shading, money))
    by_color = view.metric is not None and channel == "color"
    by_ring = view.metric is not None and channel == "ring"
    fill = spec.palette.muted if by_color else ""
    classes = tuple(
        _entry(Mark(row.item_id, "unknown", hollow=False, fill=fill), row, lang) for row in view.classes if row.count
    )
    groups.append(LegendGroup(t("map.legend_shape" if by_color else "map.legend_class", lang), classes))
    if not by_ring:
        statuses = tuple(_entry(_mark_of(row), row, lang) for row in view.statuses if row.count)
        groups.append(LegendGroup(t("map.legend_status", lang), statuses))
    groups.append(LegendGroup(t("map.legend_precision", lang), _places(view, lang)))
    if lines := _lines(view, spec):
        groups.append(LegendGroup(t("map.legend_lines", lang), lines))
    return tuple(groups)


def list_notes(view: MapView, spec: MapSpec) -> tuple[str, ...]:
    """Return what the reader of the legend must know: bounds, disputes, mixed years, inferred classes, coverage."""
    lang = view.lang
    notes = []
    metric = view.metric
    if metric is not None and metric.bounded:
        notes.append(t("map.note_bounded", lang, count=format_number(metric.bounded, lang)))
    if metric is not None and metric.disputed:
        notes.append(t("map.note_disputed", lang, count=format_number(metric.disputed, lang)))
    if metric is not None and metric.known > 1 and not metric.layer.period.is_single:
        notes.append(t("map.note_latest", lang))
    notes.append(
        t(
            "map.coverage_note",
            lang,
            inferred=format_number(view.inferred, lang),
            known=format_number(view.with_figures, lang),
            count=format_number(len(view.rows), lang),
        )
    )
    if spec.hatched:
        counted = view.mountains
        notes.append(write_mountains(lang, towns=counted.towns, named=counted.named, unknown=counted.unknown))
    if view.links is not None and view.links.finding != view.opening.plain:
        notes.append(view.links.finding)
    if spec.shading == "county" and view.no_county:
        notes.append(t("map.note_no_county", lang, count=format_number(view.no_county, lang)))
    return tuple(notes)


def _values(metric: ValueView, spec: MapSpec, channel: Channel, lang: Lang) -> LegendGroup:
    entries = []
    for row in metric.classes:
        mark, scale = legend_mark(int(row.item_id), metric.layer.classes, channel, spec.palette)
        entries.append(_class(mark, row, lang, min(scale, _WIDEST)))
    unknown = LegendRow("", t("map.legend_unknown", lang), metric.towns - metric.known)
    if unknown.count:
        entries.append(_class(Mark("", "unknown", hollow=True, faint=True), unknown, lang, FAINT_SCALE))
    title = t(f"map.legend_value_{channel}", lang, name=metric.name, period=metric.period, unit=metric.unit)
    return LegendGroup(title, tuple(entries))


def _shades(view: MapView, spec: MapSpec, level: Level, money: str) -> LegendGroup:
    lang, palette = view.lang, spec.palette
    if view.areas.measure == "count" or view.metric is None:
        colors = (palette.land, *palette.shades)
        words = (t("map.legend_zero", lang), *step_labels(STEPS[level], lang))
        return LegendGroup(t("map.legend_shade", lang), _swatches(colors, words))
    metric, classes = view.metric, view.areas.classes[level]
    known = any(row.sum and row.sum.total for row in view.areas.of(level))
    labels = class_labels_of(classes, metric.layer.indicator, lang, money) if known else ()
    colors = (
        *(palette.shades[classes.shade(grade)] for grade in range(len(labels))),
        palette.unknown,
        palette.land,
    )
    words = (*labels, t("map.legend_unknown", lang), t("map.legend_zero", lang))
    title = t("map.legend_sum", lang, name=metric.name, period=metric.period, unit=metric.unit)
    return LegendGroup(title, _swatches(colors, words))


def _swatches(colors: tuple[str, ...], words: tuple[str, ...]) -> tuple[LegendEntry, ...]:
    return tuple(LegendEntry(word, color=color) for color, word in zip(colors, words, strict=True))


def _places(view: MapView, lang: Lang) -> tuple[LegendEntry, ...]:
    entries = [
        _entry(Mark("", "creating", hollow=hollow), LegendRow("", t(f"map.legend_{name}", lang), count), lang)
        for name, hollow, count in (("solid", False, view.firm), ("hollow", True, view.loose))
        if count
    ]
    return (*entries, LegendEntry(t("map.legend_moved", lang)))


def _lines(view: MapView, spec: MapSpec) -> tuple[LegendEntry, ...]:
    lang, palette = view.lang, spec.palette
    entries = []
    if spec.hatched:
        words = t("map.legend_m26", lang, n=view.mountains.towns, count=format_number(view.mountains.towns, lang))
        entries.append(LegendEntry(words, color=hatch_color(spec), line="hatch"))
    if spec.arcs:
        entries.append(LegendEntry(t("map.legend_link", lang), color=palette.link, line="link"))
    if view.links is not None and view.links.town_ids:
        other = Mark("", "unknown", hollow=True, faint=True)
        entries.append(LegendEntry(t("map.legend_link_other", lang), mark=other, scale=FAINT_SCALE))
    return tuple(entries)


def _entry(mark: Mark, row: LegendRow, lang: Lang) -> LegendEntry:
    words = t("map.legend_count", lang, word=row.word, count=format_number(row.count, lang))
    return LegendEntry(words, mark=mark)


def _class(mark: Mark, row: LegendRow, lang: Lang, scale: float) -> LegendEntry:
    """Return a class of values: its words end in a number, so the count stands in brackets."""
    words = t("map.legend_class_count", lang, word=row.word, count=format_number(row.count, lang))
    return LegendEntry(words, mark=mark, scale=scale)


def _mark_of(row: LegendRow) -> Mark:
    return Mark("", row.item_id, hollow=False)  # type: ignore[arg-type]
