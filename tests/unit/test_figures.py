"""Figures in every defined state; each is validated by Plotly here, because building skips that."""

from datetime import date
from typing import Any

import plotly.graph_objects as go
import pytest

from towns import theme
from towns.figures import (
    CoverSpec,
    GaugeSpec,
    StackLayer,
    StackSpec,
    StripSpec,
    TrendEvent,
    TrendPoint,
    TrendSeries,
    TrendSpec,
    build_cover,
    build_gauge,
    build_stack,
    build_strip,
    build_trend,
)
from towns.figures.base import cut_name, nice_ticks, tick_texts
from towns.figures.gauge import gauge_range
from towns.figures.trend import compute_links, place
from towns.i18n import LANGS, load_catalogue, t
from towns.model import Lang, PeriodKind, Qualifier


def _bars(figure: go.Figure) -> list[tuple[str, float, float]]:
    """Return name, start and end of each bar but the track."""
    return [
        (trace["name"], trace["base"][0], trace["base"][0] + trace["x"][0])
        for trace in figure.to_dict()["data"]
        if trace["type"] == "bar" and trace["name"]
    ]


def _valid(figure: go.Figure) -> go.Figure:
    """Let Plotly check every property of a figure that was built without checks."""
    return go.Figure(figure.to_dict())


def _texts(figure: go.Figure) -> str:
    return " | ".join(note["text"] for note in figure.to_dict()["layout"]["annotations"])


# --- gauge -------------------------------------------------------------------------------------------------------


def test_gauge_of_a_count_with_everything_open() -> None:
    """Zero confirmed keeps its entry, earlier is pale, what is possible fades out, the needle stands at the target."""
    spec = GaugeSpec(
        target=15,
        unit="count",
        operator="=",
        confirmed=0,
        possible_floor=16,
        earlier=3,
        earlier_label="曾达 3个",
        counter="个",
    )
    figure = _valid(build_gauge(spec, "zh"))
    names = [name for name, *_ in _bars(figure)]
    assert names[:3] == ["曾达 3个", "已确认 0个", "可能 至少16个"]
    fades = [trace["opacity"] for trace in figure.to_dict()["data"] if trace.get("opacity") is not None]
    assert fades == sorted(fades, reverse=True)
    assert fades[-1] < 0.1
    assert "目标 15个" in _texts(figure)
    assert "≥ …" in _texts(figure)
    assert figure.to_dict()["layout"]["shapes"][-1]["x0"] == 15


def test_gauge_fades_at_its_end_even_if_more_is_possible_than_the_axis_shows() -> None:
    """What is possible beyond the axis never looks as if it stopped there."""
    spec = GaugeSpec(target=15, unit="count", confirmed=0, possible_floor=34, axis_max=20)
    hatched = [bar for bar in _bars(build_gauge(spec, "zh")) if bar[0] == "可能 至少34个"]
    assert hatched[0][2] == pytest.approx(16)
    assert hatched[-1][2] == pytest.approx(20)


def test_gauge_of_a_bounded_share_keeps_its_natural_limits() -> None:
    """The hatching runs from the lower to the upper bound, the axis from 0 to 100."""
    figure = _valid(build_gauge(GaugeSpec(target=70, unit="pct", confirmed=13.8, possible=87.2, axis_max=100), "en"))
    solid, hatched = _bars(figure)
    assert solid[1:] == (0.0, 13.8)
    assert hatched[1] == 13.8
    assert hatched[2] == pytest.approx(87.2)
    assert hatched[0] == "Known: up to 87.2%"
    assert figure.to_dict()["layout"]["xaxis"]["ticktext"][-1] == "100%"


def test_gauge_of_an_earlier_value_alone_is_only_pale() -> None:
    """A value of another year is neither confirmed nor possible."""
    spec = GaugeSpec(target=25000, unit="CNY_100m", earlier=19800, earlier_label="2022 value, not 2025")
    figure = _valid(build_gauge(spec, "en"))
    assert _bars(figure) == [("2022 value, not 2025", 0.0, 19800)]
    assert figure.to_dict()["data"][1]["marker"]["color"] == theme.TOKENS["light"].pale
    assert "CNY 2,500 billion" in _texts(figure)


def test_gauge_that_is_settled_has_one_bar_even_beyond_its_target() -> None:
    """Over-fulfilled: one solid bar that passes the needle, inside the axis."""
    spec = GaugeSpec(target=20, unit="count", confirmed=26, possible=26)
    figure = _valid(build_gauge(spec, "zh"))
    assert [name for name, *_ in _bars(figure)] == ["实际 26个"]
    assert gauge_range(spec)[1] > 26


def test_gauge_with_a_target_beyond_the_axis_points_at_its_end() -> None:
    """The needle becomes an arrow at the natural limit and still names its number."""
    figure = _valid(build_gauge(GaugeSpec(target=120, unit="pct", confirmed=20, possible=40, axis_max=100), "zh"))
    needle = figure.to_dict()["data"][-1]
    assert needle["marker"]["symbol"] == "triangle-right"
    assert tuple(needle["x"]) == (100,)
    assert "120%" in _texts(figure)


def test_gauge_with_an_upper_bound_only() -> None:
    """Nothing is solid; the hatching starts at the axis."""
    figure = _valid(build_gauge(GaugeSpec(target=30, unit="count", operator="<=", possible=40), "zh"))
    assert [bar[1:] for bar in _bars(figure)] == [(0.0, 40.0)]
    assert "目标 ≤30个" in _texts(figure)


def test_gauge_refuses_what_is_not_a_gauge() -> None:
    """Without any bound the caller draws a card; crossed bounds are a fault."""
    with pytest.raises(ValueError, match="at least one"):
        GaugeSpec(target=5, unit="pct")
    with pytest.raises(ValueError, match="under confirmed"):
        GaugeSpec(target=5, unit="count", confirmed=3, possible=2)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_gauge_uses_only_the_theme_and_never_red_or_green_for_good(mode: theme.Mode) -> None:
    """Every colour of bars and needle is a token; cinnabar does not occur."""
    text = build_gauge(
        GaugeSpec(target=3, unit="count", confirmed=1, possible=2, earlier=2, earlier_label="x"), "en", mode
    )
    found = text.to_json()
    tokens = theme.TOKENS[mode]
    assert tokens.bar in found
    assert tokens.cinnabar not in found
    other = theme.TOKENS["dark" if mode == "light" else "light"]
    assert other.bar not in found


# --- trend -------------------------------------------------------------------------------------------------------


def _point(year: int, value: float, **more: Any) -> TrendPoint:
    kind: PeriodKind = more.pop("kind", "annual")
    qualifier: Qualifier = more.pop("qualifier", "exact")
    bounds = {
        "exact": (value, value),
        "over": (value, None),
        "at_least": (value, None),
        "up_to": (0.0, value),
        "about": (0.95 * value, 1.05 * value),
        "nearly": (0.9 * value, value),
    }[qualifier]
    start, end = more.pop("days", (date(year, 1, 1), date(year, 12, 31)))
    values: dict[str, Any] = {"series_id": "s", "scope": "town", "period": str(year)} | more
    return TrendPoint(
        value=value,
        qualifier=qualifier,
        low=bounds[0],
        high=bounds[1],
        period_kind=kind,
        start=start,
        end=end,
        **values,
    )


def _trace(figure: go.Figure, **meta: str) -> list[dict[str, Any]]:
    return [trace for trace in figure.to_dict()["data"] if (trace.get("meta") or {}) == meta]


def _half(year: int, value: float) -> TrendPoint:
    return _point(year, value, kind="half", days=(date(year, 1, 1), date(year, 6, 30)), period=f"{year}-H1")


def test_neighbours_are_joined_and_missing_years_are_only_dotted() -> None:
    """2017, 2019, 2020: a dotted connector that is named as no data, then a solid line."""
    points = (_point(2020, 30.55), _point(2017, 8, qualifier="over"), _point(2019, 18.21))
    links, breaks = compute_links(points)
    assert [(link.first.end.year, link.second.end.year, link.join) for link in links] == [
        (2017, 2019, "dotted"),
        (2019, 2020, "solid"),
    ]
    assert breaks == ()
    figure = _valid(build_trend(TrendSpec((TrendSeries("萧山信息港小镇", points),), "CNY_100m"), "zh"))
    assert _trace(figure, join="solid")[0]["x"] == [2019.0, 2020.0, None]
    assert _trace(figure, join="dotted")[0]["line"]["dash"] == "dot"
    assert "缺年，非数据" in [trace.get("name") for trace in figure.to_dict()["data"]]


def test_nothing_crosses_a_break_of_scope() -> None:
    """Two scopes in one series: no line, one upright that is named."""
    points = (_point(2017, 6930, scope="first_batch_37"), _point(2018, 8741.9, scope="batches_1_2_78"))
    links, breaks = compute_links(points)
    assert links == ()
    assert len(breaks) == 1
    figure = _valid(build_trend(TrendSpec((TrendSeries("浙江省", points),), "CNY_100m"), "zh"))
    assert "口径变化" in _texts(figure)
    assert figure.to_dict()["layout"]["shapes"][0]["x0"] == 2017.5


@pytest.mark.parametrize("kind", ["half", "quarter", "month", "year_to_date", "cumulative", "span"])
def test_other_kinds_stand_apart(kind: PeriodKind) -> None:
    """They have an open marker and a name of their own and are never joined, not even with each other."""
    days = (date(2018, 1, 1), date(2018, 6, 30))
    points = (_point(2018, 7.04, kind=kind, days=days, period="2018-01/2018-06"), _point(2018, 9), _point(2019, 18.21))
    pair = (points[0], _point(2019, 8, kind=kind, days=(date(2019, 1, 1), date(2019, 6, 30)), period="2019-01/2019-06"))
    assert compute_links(pair)[0] == ()
    assert {point.period_kind for link in compute_links(points)[0] for point in (link.first, link.second)} == {"annual"}
    figure = _valid(build_trend(TrendSpec((TrendSeries("x", points),), "CNY_100m"), "en"))
    assert t(f"figures.kind_{kind}", "en") in [trace.get("name") for trace in figure.to_dict()["data"]]


def test_points_without_a_series_or_of_two_series_are_never_joined() -> None:
    """A line needs one and the same series."""
    assert compute_links((_point(2018, 1, series_id=""), _point(2019, 2, series_id="")))[0] == ()
    assert compute_links((_point(2018, 1, series_id="a"), _point(2019, 2, series_id="b")))[0] == ()


def test_bounds_are_drawn() -> None:
    """Over points up, up to points down, about has a band."""
    points = (
        _point(2017, 8, qualifier="over"),
        _point(2018, 9, qualifier="up_to"),
        _point(2019, 10, qualifier="about"),
    )
    figure = _valid(build_trend(TrendSpec((TrendSeries("x", points),), "CNY_100m"), "zh"))
    lower, upper, band = (_trace(figure, bound=name)[0] for name in ("lower", "upper", "band"))
    assert lower["y"][1] > lower["y"][0] == 8
    assert upper["y"][1] < upper["y"][0] == 9
    assert band["error_y"]["array"][0] == pytest.approx(0.5)
    assert band["error_y"]["arrayminus"][0] == pytest.approx(0.5)


def test_conflicts_are_marked_and_hovering_tells_value_period_and_source() -> None:
    """The mark stands at the point; the hover text has the words of the field."""
    point = _point(2017, 8, qualifier="over", is_conflict=True, source_label="萧山网", scope_label="本镇")
    figure = _valid(build_trend(TrendSpec((TrendSeries("萧山<信息港>", (point,)),), "CNY_100m"), "zh"))
    marks = next(trace for trace in figure.to_dict()["data"] if trace.get("hovertext"))
    assert marks["text"][0] == "≠ 超8"
    hover = marks["hovertext"][0]
    for part in ("超8亿元", "2017年", "全年", "萧山网", "本镇", "另有来源", "萧山&lt;信息港&gt;"):
        assert part in hover, part


def test_trend_of_nothing_of_one_point_and_of_many_long_names() -> None:
    """No data is a sentence; one point has room around it; names are cut in the legend and whole on hovering."""
    assert "没有可画的数值" in _texts(_valid(build_trend(TrendSpec((), "CNY_100m"), "zh")))
    single = _valid(build_trend(TrendSpec((TrendSeries("x", (_point(2014, 0.017),)),), "CNY_100m"), "zh"))
    left, right = single.to_dict()["layout"]["xaxis"]["range"]
    assert left < 2014 < right
    name = "一个名字长得没有哪个图例放得下的特色小镇"
    many = tuple(TrendSeries(f"{name}{k}", (_point(2018, k), _point(2019, k + 1))) for k in range(1, 12))
    figure = _valid(build_trend(TrendSpec(many, "count"), "zh"))
    marks = [trace for trace in figure.to_dict()["data"] if trace.get("hovertext")]
    assert len(marks) == 11
    assert all(trace["name"].endswith("…") for trace in marks)
    assert f"{name}3" in marks[2]["hovertext"][0]
    assert len({(trace["marker"]["color"], trace["marker"]["symbol"][0]) for trace in marks}) >= 8


def test_places_on_the_axis() -> None:
    """Annual at its year; the first half left of it; a point where its day lies."""
    assert place(_point(2018, 1)) == 2018
    assert 2017.5 < place(_half(2018, 1)) < 2018
    assert place(_point(2018, 1, kind="point", days=(date(2018, 12, 31), date(2018, 12, 31)))) == pytest.approx(2018.5)


def test_ranks_and_events() -> None:
    """First place is at the top; events are marks that name themselves."""
    events = (TrendEvent(date(2019, 9, 1), "命名"),)
    spec = TrendSpec((TrendSeries("x", (_point(2018, 3), _point(2019, 1))),), "rank", is_rank=True, events=events)
    layout = _valid(build_trend(spec, "zh")).to_dict()
    low, high = layout["layout"]["yaxis"]["range"]
    assert low > high
    assert any("命名" in str(trace.get("hovertext")) for trace in layout["data"])


# --- bars and helpers --------------------------------------------------------------------------------------------


def test_stack_sums_and_colours() -> None:
    """Each class keeps its colour and shape, the total stands above, an empty class is left out."""
    layers = (StackLayer("finance", "金融", (1, 2)), StackLayer("", "", (3, 0)), StackLayer("health", "健康", (0, 0)))
    figure = _valid(build_stack(StackSpec(("2015", "2016"), layers), "zh"))
    data = figure.to_dict()["data"]
    assert [trace.get("name") for trace in data[:2]] == ["◆ 金融", "○ 未分类"]
    assert data[0]["marker"]["color"] == theme.industry_color("finance")
    assert tuple(data[-1]["text"]) == ("4", "2")
    assert "没有可画的数值" in _texts(_valid(build_stack(StackSpec((), ()), "zh")))


def test_cover_never_shows_a_rest_below_zero() -> None:
    """A sum over the total has no rest; the share is said."""
    figure = _valid(build_cover(CoverSpec(200, 50, "CNY_100m"), "zh"))
    assert "25%" in _texts(figure)
    assert [bar[1:] for bar in _bars(figure)] == [(0, 50), (50, 200)]
    assert _bars(build_cover(CoverSpec(100, 120, "CNY_100m"), "zh"))[1][1:] == (120, 120)
    assert CoverSpec(0, 1, "CNY_100m").covered_pct is None


def test_strip_says_shape_word_and_number() -> None:
    """Before the deadline not met reads not yet; a part of zero is left out."""
    after = [name for name, *_ in _bars(_valid(build_strip(StripSpec(1, 2, 8, "after"), "zh")))]
    assert after == ["● 已达到 1", "✕ 未达到 2", "? 未知 8"]
    before = [name for name, *_ in _bars(build_strip(StripSpec(0, 2, 0, "before"), "en"))]
    assert before == ["◔ not yet met 2"]


def test_ticks_are_round_and_exact() -> None:
    """Ticks are round values; small ones keep their decimals; money follows the axis unit."""
    assert nice_ticks(0, 18, whole=True) == [0, 5, 10, 15]
    assert tick_texts([0.015], "CNY_100m", "zh") == ["0.015"]
    assert tick_texts([25000], "CNY_100m", "en") == ["2,500"]
    assert tick_texts([70], "pct", "zh") == ["70%"]


def test_names_are_cut_by_width() -> None:
    """A Latin letter counts half; short names stay."""
    assert cut_name("梦想小镇") == "梦想小镇"
    assert cut_name("一二三四五六七八九十一二三四") == "一二三四五六七八九十一…"
    assert cut_name("abcdefgh", 4) == "abcdefgh"


@pytest.mark.parametrize("lang", LANGS)
def test_every_string_of_the_figures_is_translated(lang: Lang) -> None:
    """Both catalogues hold the same keys of this topic."""
    other: Lang = "en" if lang == "zh" else "zh"
    keys = {key for key in load_catalogue(lang) if key.startswith("figures.")}
    assert keys == {key for key in load_catalogue(other) if key.startswith("figures.")}
    assert all(load_catalogue(lang)[key][0] for key in keys)
