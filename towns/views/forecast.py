"""The view-model of a forecast on the trends page: one series carried on, or why none is (METHODS §4)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from towns import repo
from towns.figures.forecast import ForecastLine, ForecastMark, ForecastSpec
from towns.fmt import format_period, unit_label
from towns.i18n import pick, t
from towns.model import Evidence, Indicator, Lang
from towns.progress.forecast import (
    LEVEL_PCT,
    SHORT,
    Forecast,
    ForecastPoint,
    MethodForecast,
    Refusal,
    find_run,
    forecast,
)
from towns.progress.world import World
from towns.sentences import Sentence
from towns.sentences.forecast import Words, write_backtest, write_forecast, write_reach, write_refusal
from towns.sentences.sources import write_counter
from towns.sentences.targets import write_amount, write_range
from towns.sentences.town import write_value
from towns.sentences.trends import write_subject
from towns.store import Database
from towns.views.trends_choices import names_of
from towns.views.trends_measure import judge
from towns.views.trends_model import MOST_ENTITIES, MOST_METRICS

State = Literal["drawn", "several", "refused", "nothing"]
#: Series that are offered by name where several of the chosen ones could be forecast.
_MOST_OFFERED: Final = 8


@dataclass(frozen=True, slots=True)
class Offer:
    """A series that could be forecast: what to choose for it."""

    entity_id: str
    metric: str
    label: str


@dataclass(frozen=True, slots=True)
class ForecastView:
    """What stands below the charts when a forecast is asked for.

    `heads` and `rows` are the chart's table twin: a year, then each method with its interval. `notes` say how.
    """

    state: State
    lead: Sentence | None
    text: str
    title: str
    spec: ForecastSpec | None
    alt: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """One series of one scope, and its run of adjacent exact years or why it has none."""

    entity_id: str
    metric: str
    run: tuple[Evidence, ...] | Refusal
    last_year: int


def build_forecast(
    db: Database,
    world: World,
    *,
    metrics: Sequence[str],
    entities: Sequence[str],
    kept: Collection[str] | None,
    lang: Lang,
    money: str = "auto",
) -> ForecastView:
    """Return the forecast of the one chosen series, or why there is none and how many series could have one."""
    chosen = tuple(entity for entity in entities if kept is None or entity in kept)[:MOST_ENTITIES]
    shown = tuple(metrics)[:MOST_METRICS]
    claims = repo.list_claims(db, as_of=world.as_of, entity_ids=chosen, indicator_ids=shown)
    names = names_of(db, world, {claim.entity_id: claim.entity_type for claim in claims}, lang)
    types = {claim.entity_id: claim.entity_type for claim in claims}
    lines = _lines(judge([claim for claim in claims if claim.period_kind == "annual"]).values())
    found = [line for line in lines if not isinstance(line.run, Refusal)]
    counts = repo.count_series(db, as_of=world.as_of)[0]
    reach = write_reach(lang, counts.count_series, counts.count_four, counts.longest)

    def name(line: _Line) -> str:
        return write_subject(types[line.entity_id], names[line.entity_id], world.indicators[line.metric], lang)

    pairs = {(line.entity_id, line.metric) for line in lines}
    if len(pairs) == 1 and found:
        return _drawn(world, max(found, key=lambda line: line.last_year), name(found[0]), lang, money)
    if found:
        offers = tuple(
            Offer(line.entity_id, line.metric, f"{name(line)} · {_metric(world.indicators[line.metric], lang)}")
            for line in found[:_MOST_OFFERED]
        )
        text = t("forecast.several", lang, number=len(found), chosen=len(pairs))
        return ForecastView("several", None, text, "", None, "", (), (), (), offers)
    if not lines:
        return _without("nothing", t("forecast.nothing", lang), reach)
    if len(pairs) > 1:
        return _without("refused", t("forecast.none_of", lang, chosen=len(pairs)), reach)
    line = max(lines, key=lambda item: (item.last_year, item.run.count if isinstance(item.run, Refusal) else 0))
    if not isinstance(line.run, Refusal):
        raise TypeError("a line with a run is drawn")
    return _without("refused", write_refusal(lang, name(line), world.indicators[line.metric], line.run), reach)


def _without(state: State, text: str, reach: str) -> ForecastView:
    return ForecastView(state, None, f"{text}{reach}", "", None, "", (), (), (), ())


def _metric(indicator: Indicator, lang: Lang) -> str:
    return pick(lang, indicator.name_zh, indicator.name_en)


def _lines(judged: Iterable[Evidence]) -> list[_Line]:
    """Return the series of the chosen claims: annual values of one entity, indicator, series and scope."""
    groups: dict[tuple[str, str, str, str], list[Evidence]] = {}
    for item in judged:
        claim = item.drawn
        # Without a series no two values may be joined: each stands alone.
        own = claim.series_id or claim.observation_id
        groups.setdefault((claim.entity_id, claim.indicator_id, own, claim.scope), []).append(item)
    return [
        _Line(entity, metric, find_run(items), max(item.drawn.period_end.year for item in items))
        for (entity, metric, _, _), items in groups.items()
    ]


def _drawn(world: World, line: _Line, name: str, lang: Lang, money: str) -> ForecastView:
    """Return the view of one series with its forecast."""
    run = line.run
    indicator = world.indicators[line.metric]
    if isinstance(run, Refusal):
        raise TypeError("only a run can be carried on")
    values = [(item.drawn.period_end.year, float(item.drawn.value)) for item in run]
    floor = 0.0 if indicator.kind != "rate" and min(value for _, value in values) >= 0 else None
    ceiling = 100.0 if indicator.unit == "pct" and indicator.kind == "ratio" else None
    found = forecast(values, floor=floor, ceiling=ceiling)
    if isinstance(found, Refusal):
        raise TypeError("a run is long enough and has no gap")
    counter = write_counter(indicator)

    words = Words(
        lambda value: write_amount(lang, value, indicator.unit, money, counter),
        lambda low, high: write_range(lang, low, high, indicator.unit, money, counter),
    )
    ids = tuple(item.drawn.observation_id for item in run)
    lead = write_forecast(lang, name, indicator, found, ids, words)
    data = tuple(
        ForecastMark(
            year, value, t("forecast.hover_data", lang, year=_year(year, lang),
                           value=write_value(item.drawn, indicator, lang, money))
        )
        for (year, value), item in zip(values, run, strict=True)
    )  # fmt: skip
    band = t("forecast.band", lang, level=LEVEL_PCT)
    spec = ForecastSpec(
        name=name,
        data=data,
        lines=tuple(_line(item, lang, words) for item in found.methods),
        band_name=band,
        unit=indicator.unit,
        money=money,
        axis_title=unit_label(indicator.unit, lang, money),
    )
    heads = (
        t("forecast.col_year", lang),
        *(t("forecast.col_method", lang, method=_method(item, lang), level=LEVEL_PCT) for item in found.methods),
    )
    return ForecastView(
        state="drawn",
        lead=lead,
        text="",
        title=t("forecast.title", lang, name=name, indicator=_metric(indicator, lang), unit=spec.axis_title),
        spec=spec,
        alt=lead.plain,
        heads=heads,
        rows=_rows(found, lang, words),
        notes=_notes(world, found, lang, words),
        offers=(),
    )


def _year(year: int, lang: Lang) -> str:
    return format_period(str(year), lang)


def _method(item: MethodForecast, lang: Lang) -> str:
    return t(f"forecast.method_{item.method}", lang)


def _line(item: MethodForecast, lang: Lang, words: Words) -> ForecastLine:
    name = _method(item, lang)
    marks = tuple(
        ForecastMark(
            point.year,
            point.value,
            t("forecast.hover", lang, method=name, year=_year(point.year, lang), value=_cell(point, lang, words)),
            point.low,
            point.high,
        )
        for point in item.points
    )
    return ForecastLine(name, marks)


def _cell(point: ForecastPoint, lang: Lang, words: Words) -> str:
    if point.low is None or point.high is None:
        return words.amount(point.value)
    return t("forecast.cell", lang, value=words.amount(point.value), range=words.range(point.low, point.high))


def _rows(found: Forecast, lang: Lang, words: Words) -> tuple[tuple[str, ...], ...]:
    columns = [[_cell(point, lang, words) for point in item.points] for item in found.methods]
    years = [_year(point.year, lang) for point in found.methods[0].points]
    return tuple((year, *cells) for year, *cells in zip(years, *columns, strict=True))


def _notes(world: World, found: Forecast, lang: Lang, words: Words) -> tuple[str, ...]:
    """Say how the forecast was made, how the methods did on past years, and which of its years have passed."""
    notes = [write_backtest(lang, found.backtest, found.count, words)]
    key = "how" if found.backtest else "how_short"
    notes.append(t(f"forecast.{key}", lang, level=LEVEL_PCT, alpha=SHORT.alpha, beta=SHORT.beta, phi=SHORT.phi))
    if found.last_year + 1 < world.judged_on.year:
        last = min(found.methods[0].points[-1].year, world.judged_on.year - 1)
        first = found.last_year + 1
        span = _year(first, lang) if first == last else format_period(f"{first}/{last}", lang)
        notes.append(t("forecast.passed", lang, years=span))
    return tuple(notes)
