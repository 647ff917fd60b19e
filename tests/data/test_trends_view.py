"""The trends view on the shipped data: what is joined, what is computed, what is left out."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from towns.exports import write_csv
from towns.figures.trend import TrendPoint, build_trend, compute_links
from towns.model import Lang
from towns.progress.world import World
from towns.repo import list_claims
from towns.repo.world import load_world
from towns.settings import ROOT
from towns.store import Database
from towns.views.trends import (
    MOST_ENTITIES,
    Options,
    TrendsView,
    build_choices,
    build_export,
    build_metrics,
    build_trends,
)

TODAY: Final = date(2026, 11, 22)
INFOPORT: Final = "xiaoshan-infoport"
ALL_KINDS: Final = ("annual", "half", "quarter", "month", "year_to_date", "cumulative", "span", "point")


def batched(items: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(items), size):
        yield tuple(items[start : start + size])


@pytest.fixture(scope="module")
def world(db: Database) -> World:
    return load_world(db, as_of=None, today=TODAY)


def view_of(
    db: Database,
    world: World,
    metric: str | tuple[str, ...],
    *entities: str,
    kinds: tuple[str, ...] = ("annual",),
    kept: frozenset[str] | None = None,
    lang: Lang = "zh",
    **options: Any,
) -> TrendsView:
    metrics = (metric,) if isinstance(metric, str) else metric
    return build_trends(
        db, world, metrics=metrics, entities=entities, kinds=kinds, kept=kept, lang=lang, options=Options(**options)
    )


def points_of(view: TrendsView) -> tuple[TrendPoint, ...]:
    assert view.spec is not None
    return tuple(point for series in view.spec.series for point in series.points)


def joins_of(view: TrendsView) -> set[tuple[str, str, str]]:
    return {(link.first.period, link.second.period, link.join) for link in compute_links(points_of(view))[0]}


def test_every_indicator_with_claims_can_be_chosen(db: Database) -> None:
    with (ROOT / "data" / "observations.csv").open(encoding="utf-8", newline="") as handle:
        claimed = {row["indicator_id"] for row in csv.DictReader(handle)}
    metrics = build_metrics(db, as_of=None, lang="zh")
    assert {item.indicator_id for item in metrics} == claimed
    topics = [item.topic for item in metrics]
    assert topics == sorted(topics, key=topics.index)
    assert [item.is_context for item in metrics] == sorted(item.is_context for item in metrics)
    assert {item.indicator_id for item in metrics if item.is_context} >= {"host_area_film_crews"}


def test_infoports_annual_tax_is_one_series_and_the_rest_stands_apart(db: Database, world: World) -> None:
    view = view_of(db, world, "tax_revenue", INFOPORT, kinds=ALL_KINDS)
    annual = [(p.period, str(p.value), p.qualifier) for p in points_of(view) if p.period_kind == "annual"]
    assert annual == [
        ("2014", "0.017", "exact"),
        ("2017", "8", "over"),
        ("2019", "18.21", "exact"),
        ("2020", "30.55", "exact"),
    ]
    assert joins_of(view) == {("2014", "2017", "dotted"), ("2017", "2019", "dotted"), ("2019", "2020", "solid")}
    apart = {(p.period, str(p.value)) for p in points_of(view) if p.period_kind != "annual"}
    assert apart == {("2018-H1", "7.04"), ("2020-Q1", "6.54"), ("2021-01/2021-12", "36.12")}


def test_a_claimed_growth_stands_beside_ours(db: Database, world: World) -> None:
    view = view_of(db, world, "tax_revenue", INFOPORT)
    (line,) = view.growth
    assert (line.period, line.value, line.base_value) == ("2020年", "30.55亿元", "18.21亿元")
    assert (line.claimed, line.computed, line.agreement) == ("+67.82%", "+67.8%", "same")
    assert "同比增长67.82%" in view.opening.plain


def test_no_growth_over_missing_years(db: Database, world: World) -> None:
    view = view_of(db, world, "tax_revenue", "longquan-celadon")
    assert joins_of(view) == {("2015", "2018", "dotted")}
    assert view.growth == ()
    assert "同比" not in view.opening.plain


def test_growth_over_bounds_is_bounded(db: Database, world: World) -> None:
    view = view_of(db, world, "tax_revenue", "yuhuang-fund")
    assert [(line.period, line.claimed, line.computed) for line in view.growth] == [
        ("2014年", "+19%", ""),
        ("2015年", "", "超66.6%"),
        ("2016年", "", "低于169.3%"),
    ]


def test_a_conflict_is_drawn_once_marked_and_told(db: Database, world: World) -> None:
    view = view_of(db, world, "tax_revenue", "yuhuang-fund")
    assert [(p.period, p.is_conflict) for p in points_of(view)] == [("2014", False), ("2015", True), ("2016", False)]
    roles = [(line.value, line.role) for line in view.lines if line.claim.period == "2015"]
    assert roles == [("超4亿元", "drawn"), ("超4亿元", "used"), ("4亿元", "left_out")]
    assert [(line.entity, line.period) for line in view.conflicts] == [("上城玉皇山南基金小镇", "2015年")]


@pytest.mark.parametrize("metric", ["total_output", "tax_revenue"])
def test_the_provinces_scopes_are_never_joined(db: Database, world: World, metric: str) -> None:
    view = view_of(db, world, metric, "zhejiang")
    assert joins_of(view) == set()
    assert len(compute_links(points_of(view))[1]) == 2
    assert view.growth == ()
    assert any(
        "2017年（省级创建名单）、2018年（省级特色小镇）、2022年（来源未说明口径）" in note
        for note in view.panels[0].notes
    )
    assert "不能直接比较" in view.opening.plain
    assert not any(point.is_conflict for point in points_of(view))


def test_the_provinces_tax_of_2022_is_a_lower_bound(db: Database, world: World) -> None:
    view = view_of(db, world, "tax_revenue", "zhejiang")
    assert view.opening.plain.startswith("浙江省特色小镇2022年税收收入超1,291.5亿元")
    last = points_of(view)[-1]
    assert (last.qualifier, last.low, last.high) == ("over", 1291.5, None)


def test_points_in_time_are_joined_and_dated(db: Database, world: World) -> None:
    choices = build_choices(db, world, metrics=("towns_named_total",), kept=None, lang="zh")
    assert (choices.default_kinds, choices.default_entities) == (("point",), ("zhejiang",))
    view = view_of(db, world, "towns_named_total", "zhejiang", kinds=("point",))
    assert view.opening.plain.startswith("截至2023年7月，浙江省命名小镇数80个")
    assert ("2019-09", "2023-07", "dotted") in joins_of(view)


def test_defaults_are_the_longest_lines_of_one_level(db: Database, world: World) -> None:
    choices = build_choices(db, world, metrics=("tax_revenue",), kept=None, lang="zh")
    assert choices.default_kinds == ("annual",)
    assert choices.default_entities == (INFOPORT, "yuhuang-fund", "longquan-celadon")
    assert {option.entity_id for option in choices.entities} >= {"zhejiang", INFOPORT}
    best = {option.entity_id: option.comparable for option in choices.entities}
    assert (best[INFOPORT], best["zhejiang"]) == (4, 1)


def test_a_filter_narrows_defaults_and_hides_what_does_not_pass(db: Database, world: World) -> None:
    kept = frozenset({"yuhuang-fund"})
    assert build_choices(db, world, metrics=("tax_revenue",), kept=kept, lang="zh").default_entities == (
        "yuhuang-fund",
    )
    view = view_of(db, world, "tax_revenue", INFOPORT, "yuhuang-fund", kept=kept)
    assert view.drawn_ids == ("yuhuang-fund",)
    assert any("萧山信息港小镇" in note for note in view.notes)
    assert {line.claim.entity_id for line in view.lines} == {"yuhuang-fund"}


def test_each_empty_state_is_told(db: Database, world: World) -> None:
    assert view_of(db, world, "tax_revenue", INFOPORT, kept=frozenset()).empty == "filter"
    assert view_of(db, world, "tax_revenue").empty == "entities"
    assert view_of(db, world, "tax_revenue", INFOPORT, kinds=()).empty == "kinds"
    assert view_of(db, world, "tax_revenue", INFOPORT, kinds=("span",)).empty == "kinds"
    early = load_world(db, as_of=date(2016, 1, 1), today=TODAY)
    view = view_of(db, early, "tax_revenue", "longquan-celadon")
    assert (view.empty, view.spec, view.lines) == ("as_of", None, ())
    assert "截至2016年1月1日" in view.opening.plain
    assert view_of(db, world, ()).empty == "metrics"
    before = load_world(db, as_of=date(2010, 1, 1), today=TODAY)
    assert not build_metrics(db, as_of=before.as_of, lang="zh")
    assert view_of(db, before, ()).empty == "as_of"
    assert "截至2010年1月1日" in view_of(db, before, ()).opening.plain


def test_an_as_of_looks_at_nothing_later(db: Database) -> None:
    day = date(2019, 1, 1)
    past = load_world(db, as_of=day, today=TODAY)
    assert build_choices(db, past, metrics=("tax_revenue",), kept=None, lang="zh").default_entities == ("yuhuang-fund",)
    view = view_of(db, past, "tax_revenue", INFOPORT, "longquan-celadon", kinds=ALL_KINDS)
    assert {point.period for point in points_of(view)} == {"2017", "2018-H1", "2015"}
    assert all(line.claim.published_last and line.claim.published_last <= day for line in view.lines)
    assert not any("发布" in note for note in view.notes), "how many came later is later knowledge"


def test_one_point_is_a_result(db: Database, world: World) -> None:
    choices = build_choices(db, world, metrics=("tax_revenue",), kept=None, lang="zh")
    single = next(o.entity_id for o in choices.entities if (o.comparable, o.points) == (1, 1))
    view = view_of(db, world, "tax_revenue", single)
    assert len(points_of(view)) == 1
    assert view.growth == ()
    assert view.opening.claim_ids == (points_of(view)[0].claim_id,)


def test_thirty_are_drawn_three_brought_out_and_the_rest_named(db: Database, world: World) -> None:
    choices = build_choices(db, world, metrics=("planned_area",), kept=None, lang="zh")
    ids = tuple(option.entity_id for option in choices.entities)
    view = view_of(db, world, "planned_area", *ids, kinds=choices.default_kinds)
    assert len(view.drawn_ids) == MOST_ENTITIES < len({line.claim.entity_id for line in view.lines})
    assert any("最多画30个对象" in note for note in view.notes)
    assert not any(line.on_chart for line in view.lines if line.claim.entity_id not in view.drawn_ids)
    assert view.spec is not None
    assert (view.spec.focus, view.focus_ids) == ((0, 1, 2), view.drawn_ids[:3])
    assert [line.number for line in view.roster] == [str(n) for n in range(1, 31)]
    assert all(line.value and line.claim_ids for line in view.roster)
    assert [(level.value, level.label) for level in view.spec.levels] == [
        (3.0, "规则：约3平方公里"),
        (5.0, "规则：可扩至5平方公里"),
    ]
    chosen = view_of(db, world, "planned_area", *ids, kinds=choices.default_kinds, focus=(ids[5],))
    assert chosen.spec is not None
    assert chosen.spec.focus == (5,)


def test_no_line_anywhere_crosses_series_scope_or_kind(db: Database, world: World) -> None:
    with (ROOT / "data" / "observations.csv").open(encoding="utf-8", newline="") as handle:
        in_series = {row["indicator_id"] for row in csv.DictReader(handle) if row["series_id"]}
    assert len(in_series) > 20
    for metric in sorted(in_series):
        choices = build_choices(db, world, metrics=(metric,), kept=None, lang="zh")
        ids = tuple(item.entity_id for item in choices.entities)
        view = view_of(db, world, metric, *ids, kinds=choices.kinds)
        for series in view.spec.series if view.spec else ():
            for link in compute_links(series.points)[0]:
                first, second = link.first, link.second
                assert (first.series_id, first.scope, first.period_kind) == (
                    second.series_id,
                    second.scope,
                    second.period_kind,
                )
                assert first.series_id
        for line in view.growth:
            if line.computed:
                ends = [
                    row.claim for row in view.lines if row.claim.observation_id in (*line.base_ids, *line.value_ids)
                ]
                assert len({(claim.series_id, claim.scope, claim.period_kind) for claim in ends}) == 1
                assert ends[1].period_end.year - ends[0].period_end.year == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_indicator_has_a_view_and_a_chart(db: Database, world: World, lang: Lang) -> None:
    """Six at a time, each with an entity of its own: every panel is drawn, told and rests on claims of the view."""
    first: dict[str, str] = {}
    for claim in list_claims(db, as_of=None):
        first.setdefault(claim.indicator_id, claim.entity_id)
    assert len(first) == len(build_metrics(db, as_of=None, lang=lang))
    for chunk in batched(sorted(first), 6):
        entities = tuple(dict.fromkeys(first[metric] for metric in chunk))
        view = view_of(db, world, chunk, *entities, kinds=ALL_KINDS, lang=lang)
        assert [panel.panel_id for panel in view.panels] == list(chunk)
        held = {line.claim.observation_id for line in view.lines}
        assert view.opening.claim_ids
        assert set(view.opening.claim_ids) <= held | {one for line in view.growth for one in line.claimed_ids}
        for panel in view.panels:
            assert panel.spec is not None
            assert panel.alt
            assert build_trend(panel.spec, lang).data


def test_the_csv_holds_every_claim_of_the_view(db: Database, world: World) -> None:
    view = view_of(db, world, "tax_revenue", INFOPORT, "yuhuang-fund", lang="en")
    table = build_export(view, as_of=None, version="1+abc")
    text = write_csv(table).decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if not row[0].startswith("# ")]
    header, body = rows[0], rows[1:]
    assert "Value (CNY billion)" in header
    assert [row[header.index("Claim id")] for row in body] == [line.claim.observation_id for line in view.lines]
    number = {row[header.index("Claim id")]: Decimal(row[header.index("Value (CNY billion)")]) for row in body}
    assert number[f"{INFOPORT}.tax_revenue.2020.o571-2021-02-05"] == Decimal("3.055")
    assert {row[header.index("Use")] for row in body} == {"drawn", "in agreement", "left out"}
    assert len(table.sources) == len({line.claim.source_id for line in view.lines})
    assert "# Data version,1+abc" in text


def test_context_figures_are_marked(db: Database, world: World) -> None:
    metric = next(item.indicator_id for item in build_metrics(db, as_of=None, lang="zh") if item.is_context)
    choices = build_choices(db, world, metrics=(metric,), kept=None, lang="zh")
    view = view_of(db, world, metric, *choices.default_entities, kinds=choices.default_kinds)
    assert choices.is_context
    assert view.is_context
    assert build_export(view, as_of=None, version="1").title.endswith("（不可比）")


def test_the_view_is_frozen(db: Database, world: World) -> None:
    view = view_of(db, world, "tax_revenue", INFOPORT)
    with pytest.raises(FrozenInstanceError):
        view.notes = ()  # type: ignore[misc]


# -- several indicators and entities -----------------------------------------------------------------------------


def test_several_indicators_are_panels_on_one_time_axis(db: Database, world: World) -> None:
    metrics = ("assets_under_management", "enterprises_registered", "entrepreneurs")
    view = view_of(db, world, metrics, "yuhuang-fund", "mengxiang", kinds=("point", "cumulative"))
    assert [(panel.panel_id, panel.unit) for panel in view.panels] == [
        ("assets_under_management", "亿元"),
        ("enterprises_registered", "个"),
        ("entrepreneurs", "人"),
    ]
    specs = [panel.spec for panel in view.panels if panel.spec]
    assert len({spec.x_range for spec in specs}) == 1
    assert all(spec.compact and len(spec.series) == 2 for spec in specs)
    assert [line.name for line in view.roster] == ["上城玉皇山南基金小镇", "余杭梦想小镇"]
    assert len({line.claim.indicator_id for line in view.lines}) == 3
    assert "资产管理规模" in view.opening.plain
    assert "入驻(注册)企业数" in view.opening.plain
    columns = build_export(view, as_of=None, version="1").columns
    assert {"指标", "单位"} <= set(columns)


def test_one_entity_a_panel_keeps_one_scale(db: Database, world: World) -> None:
    view = view_of(db, world, "tax_revenue", INFOPORT, "yuhuang-fund", layout="each")
    assert [panel.panel_id for panel in view.panels] == [INFOPORT, "yuhuang-fund"]
    specs = [panel.spec for panel in view.panels if panel.spec]
    assert len({(spec.x_range, spec.y_range) for spec in specs}) == 1
    assert specs[0].y_range is not None
    assert specs[0].y_range[1] > 30.55
    assert "30.55亿元" in view.panels[0].alt


def test_an_indicator_that_the_chosen_lack_is_an_empty_panel(db: Database, world: World) -> None:
    view = view_of(db, world, ("tax_revenue", "enterprises_registered"), "longquan-celadon")
    assert [panel.spec is None for panel in view.panels] == [False, True]
    assert view.panels[1].notes == ("所选对象没有这一指标的所选时期数据。",)
    assert view.empty == ""


# -- measures ----------------------------------------------------------------------------------------------------


def test_the_index_names_base_and_who_is_left_out(db: Database, world: World) -> None:
    """2014 is 100 for two towns: 30.55 / 0.017 = 1797.06 and 10.77 / 2.4 = 4.4875; over 4 of 2.4 is over 166.7."""
    view = view_of(db, world, "tax_revenue", INFOPORT, "yuhuang-fund", "longquan-celadon", measure="index")
    assert (view.bases[0].code, view.bases[0].label) == ("annual.2014", "2014年（年度，2个对象）")
    found = {(p.period, str(p.value), p.qualifier) for p in points_of(view)}
    assert {("2020", "179706", "exact"), ("2016", "448.8", "exact"), ("2015", "167", "over")} <= found
    assert any("龙泉青瓷小镇" in note and "未画" in note for note in view.notes)
    assert view.opening.plain.startswith("以2014年为100，萧山信息港小镇2020年税收收入为179,706")
    assert "（测算）" in view.opening.plain
    every = view_of(db, world, "tax_revenue", INFOPORT, kinds=ALL_KINDS, measure="index")
    assert {p.period_kind for p in points_of(every)} == {"annual"}
    assert any("与基期不同系列" in note for note in every.notes)
    own = view_of(db, world, "tax_revenue", "longquan-celadon", measure="index", base="annual.2018")
    assert (own.base, [str(p.value) for p in points_of(own)]) == ("annual.2018", ["19.86", "100"])


def test_density_names_area_and_date(db: Database, world: World) -> None:
    """10.77 / 3.2 = 3.37; 4.0 of 2015 is a lower bound: over 1.25; Infoport's area has no source."""
    view = view_of(db, world, "tax_revenue", INFOPORT, "yuhuang-fund", measure="area")
    found = [(p.period, str(p.value), p.qualifier, p.told) for p in points_of(view)]
    assert found[1:] == [
        ("2015", "1.25", "over", "每平方公里超1.25亿元（测算）"),
        ("2016", "3.37", "exact", "每平方公里3.37亿元（测算）"),
    ]
    assert "规划面积3.2平方公里（2017年" in points_of(view)[2].basis
    assert any("上城玉皇山南基金小镇3.2平方公里（2017年）" in note for note in view.notes)
    assert any("没有注明来源的规划面积" in note and "萧山信息港小镇" in note for note in view.notes)
    assert len(view.opening.claim_ids) == 2
    assert view.drawn_ids == ("yuhuang-fund",)
    assert {line.entity for line in view.growth} == {"萧山信息港小镇", "上城玉皇山南基金小镇"}


def test_a_share_names_its_total_and_coverage(db: Database, world: World) -> None:
    """2018: 0.4708 of the province's 582.1 (provincial level) is 0.0809%. 2017's total is of another list: not used."""
    view = view_of(db, world, "tax_revenue", INFOPORT, "longquan-celadon", measure="share")
    told = {(p.period, p.told) for p in points_of(view)}
    assert ("2018", "占全省合计的0.0809%（测算）") in told
    assert any(period == "2019" and "已知4个小镇合计" in text for period, text in told)
    assert any("省级创建名单" in note and "未作分母" in note for note in view.notes)
    assert any("名录共151个小镇" in note for note in view.notes)
    assert joins_of(view) == set()
    for line in view.lines:
        assert ("（测算）" in line.computed) == bool(line.computed)


def test_a_measure_that_makes_no_sense_is_refused_with_its_reason(db: Database, world: World) -> None:
    choices = build_choices(db, world, metrics=("characteristic_investment_share",), kept=None, lang="zh")
    assert choices.measures == ("abs",)
    assert all("不是数量" in text for text in choices.refused)
    both = build_choices(db, world, metrics=("tax_revenue", "planned_area"), kept=None, lang="en")
    assert both.measures == ("abs", "index", "area", "share")
    view = view_of(
        db, world, ("tax_revenue", "planned_area"), "yuhuang-fund", kinds=("annual", "point"), measure="area"
    )
    assert [panel.spec is None for panel in view.panels] == [False, True]
    assert "不可选" in view.panels[1].notes[0]


def test_a_measure_without_any_value_is_a_designed_state(db: Database, world: World) -> None:
    view = view_of(db, world, "tax_revenue", "qingtian-stone", measure="index")
    assert (view.empty, view.spec) == ("measure", None)
    assert "不能作指数" in view.opening.plain
    assert view.lines


# -- growth and marks --------------------------------------------------------------------------------------------


def test_compound_growth_over_honest_spans(db: Database, world: World) -> None:
    """(30.55 / 0.017)^(1/6) = 3.487: +248.7%; (0.4708 / 0.0935)^(1/3) = 1.714: +71.4%; the province has no span."""
    view = view_of(db, world, "tax_revenue", INFOPORT, "longquan-celadon", "zhejiang")
    assert [(line.entity, line.years, line.missing, line.rate) for line in view.compound] == [
        ("萧山信息港小镇", "6", 3, "+248.7%"),
        ("龙泉青瓷小镇", "3", 2, "+71.4%"),
    ]
    funds = view_of(db, world, "assets_under_management", "yuhuang-fund", kinds=("point",))
    assert [(line.first_value, line.last_value, line.rate) for line in funds.compound] == [
        ("超700亿元", "15,000亿元", "低于35.9%")
    ]


def test_marks_are_of_the_towns_their_city_and_province_and_can_be_switched(db: Database, world: World) -> None:
    view = view_of(db, world, "tax_revenue", INFOPORT)
    assert view.marks == ("2016年1月28日 萧山信息港小镇：进入第二批42个省级创建名单",)
    assert view_of(db, world, "tax_revenue", INFOPORT, marks=()).marks == ()
    long = view_of(db, world, "enterprises_registered", INFOPORT, "mengxiang", kinds=("point",), marks=("plan",))
    assert long.spec is not None
    assert {(event.short, event.on.year) for event in long.spec.events} == {
        ("市方案印发", 2021),
        ("市方案期末", 2023),
        ("省意见印发", 2023),
        ("省意见期末", 2025),
    }
    early = load_world(db, as_of=date(2015, 1, 1), today=TODAY)
    assert view_of(db, early, "tax_revenue", "yuhuang-fund").marks == ()
