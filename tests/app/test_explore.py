"""The explore page in the shell: ready-made tables, the recipe in the address, what is refused, no look-ahead."""

import re
from datetime import date
from typing import Final, cast

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start
from towns import repo
from towns.i18n import t
from towns.model import Lang
from towns.settings import get_settings
from towns.store import Database, live_database
from towns.ui.components.explore import TABS
from towns.views.explore_build import build_table
from towns.views.explore_choices import EXAMPLES, KINDS, build_choices, list_allowed
from towns.views.explore_model import Recipe, TableView

LANGS: Final[tuple[Lang, ...]] = ("zh", "en")


@pytest.fixture(scope="module")
def db(built_once: None) -> Database:
    return live_database(get_settings()).get()


def recipe_of(db: Database, as_of: date | None = None, **changes: object) -> Recipe:
    """Return a recipe over all years of its kind of period."""
    fields: dict[str, object] = {"metrics": ("tax_revenue",), "kind": "annual", "rows": "town", "cols": "period"}
    fields |= {"aggregation": "list"} | changes
    metrics = cast(tuple[str, ...], fields["metrics"])
    years = build_choices(db, metrics=metrics, as_of=as_of).years(str(fields["kind"]))
    ends = {"first": next(iter(years), ""), "last": next(reversed(years), "")}
    return Recipe(**(ends | fields))  # type: ignore[arg-type]


def table(db: Database, recipe: Recipe, *, lang: Lang = "zh", as_of: date | None = None) -> TableView:
    return build_table(db, recipe=recipe, kept=None, as_of=as_of, lang=lang, money="auto")


def plain(app: AppTest) -> str:
    html = "\n".join(re.sub(r"<style>.*?</style>", "", item.proto.body, flags=re.S) for item in app.get("html"))
    return re.sub(r"<[^>]+>", "", html)


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_stands(start: Start, tab: str) -> None:
    app = start("explore", lang="zh", tab=tab)
    assert not app.exception, [item.value for item in app.exception]
    assert re.search(r"<p[^>]*>\s*\S", "".join(item.proto.body for item in app.get("html")))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_ready_made_table_has_rows_and_a_chart(db: Database, name: str) -> None:
    params = dict(EXAMPLES[name])
    metric = params["metric"]
    recipe = recipe_of(
        db,
        metrics=(metric,) if isinstance(metric, str) else metric,
        kind=params["kind"],
        rows=params["rows"],
        cols="" if params["cols"] == "none" else params["cols"],
        aggregation=params["agg"],
    )
    for lang in LANGS:
        view = table(db, recipe, lang=lang)
        assert view.empty == ""
        assert view.rows
        assert all(panel.spec.marks and panel.alt for panel in view.panels)
        assert {cell is not None for row in view.rows for cell in row.cells} >= {True}
        assert t(f"explore.example_{name}", lang)


def test_the_recipe_of_the_address_is_drawn_with_its_coverage(start: Start) -> None:
    app = start("explore", lang="zh", rows="city", cols="period", agg="sum", **{"from": "2018", "to": "2019"})
    assert not app.exception
    assert not app.toast
    text = plain(app)
    assert "2018—2019年税收收入（年度）合计，按设区市和期间计" in text
    assert "已知合计" in text
    assert "7.16" in text, "3.7 and 3.46: Taizhou's two towns of 2019"
    assert "2/11镇" in text
    links = re.findall(r'href="([^"]*/sources\?[^"]*claim=[^"]*)"', "".join(i.proto.body for i in app.get("html")))
    assert len(links) > 5, "each number leads to its claims"
    assert len(app.get("plotly_chart")) == 1


def test_a_share_is_never_summed_whatever_the_address_asks(start: Start) -> None:
    app = start("explore", lang="zh", metric="characteristic_investment_share", kind="cumulative", agg="sum")
    assert not app.exception
    assert len(app.toast) == 1
    text = plain(app)
    assert "各镇分母不同，不能相加" in text
    assert "已知合计" not in text
    pills = next(item for item in app.get("button_group") if item.proto.id.endswith("q_agg"))
    assert t("explore.agg_sum", "zh") not in {option.content for option in pills.proto.options}


def test_no_indicator_of_the_data_is_summed_against_its_kind(db: Database) -> None:
    """Every share, rate, rank and score of the data, by every kind of period: refused in words, no number."""
    asked = 0
    for indicator in repo.list_indicators(db):
        if indicator.kind not in ("ratio", "rate", "rank") and indicator.unit not in ("pct", "score"):
            continue
        choices = build_choices(db, metrics=(indicator.indicator_id,), as_of=None)
        for kind in choices.kinds:
            recipe = recipe_of(db, metrics=(indicator.indicator_id,), kind=kind, rows="city", aggregation="sum")
            view = table(db, recipe)
            assert (view.empty, view.rows) == ("refused", ())
            assert "sum" not in list_allowed(db, choices, recipe, "zh")[0]
            asked += 1
    assert asked > 10


@pytest.mark.parametrize("aggregation", ["sum", "list", "claims"])
def test_nothing_published_later_enters(db: Database, aggregation: str) -> None:
    day = date(2018, 12, 31)
    visible = {claim.observation_id for claim in repo.list_claims(db, as_of=day, indicator_ids=("tax_revenue",))}
    recipe = recipe_of(db, day, rows="city", aggregation=aggregation)
    view = table(db, recipe, as_of=day)
    shown = {claim_id for row in view.facts for claim_id in row.claim_ids}
    assert shown
    assert shown <= visible
    everything = table(db, recipe_of(db, rows="city", aggregation=aggregation))
    assert {claim_id for row in everything.facts for claim_id in row.claim_ids} > shown


def test_each_claim_of_a_kind_is_counted_once(db: Database) -> None:
    """The claims of all kinds of period together are the towns' claims on the indicator: none twice, none lost."""
    counted = 0
    for kind in KINDS:
        recipe = recipe_of(db, kind=kind, rows="town", cols="", aggregation="claims")
        view = table(db, recipe)
        counted += sum(row.claims for panel in view.panels for row in panel.tidy)
    claims = repo.list_claims(db, as_of=None, indicator_ids=("tax_revenue",))
    assert counted == sum(1 for claim in claims if claim.entity_type == "town")


def test_one_kind_of_period_never_stands_with_another(db: Database) -> None:
    annual, quarter = (table(db, recipe_of(db, kind=kind)) for kind in ("annual", "quarter"))
    ids = [{i for row in view.facts for i in row.claim_ids} for view in (annual, quarter)]
    assert ids[0].isdisjoint(ids[1])
    assert any("季度4条" in note for note in annual.notes)
    assert all("季度" in col.label for col in quarter.cols)


def test_several_indicators_keep_their_units(db: Database) -> None:
    both = ("tax_revenue", "fixed_investment")
    view = table(db, recipe_of(db, metrics=both, rows="city", cols="metric", aggregation="max"))
    assert [(col.label, col.unit) for col in view.cols] == [("税收收入", "亿元"), ("固定资产投资", "亿元")]
    assert len(view.panels) == 2
    refused = table(db, recipe_of(db, metrics=both, rows="city", cols="period", aggregation="max"))
    assert refused.empty == "refused"
    assert "指标" in refused.opening.plain


@pytest.mark.parametrize("lang", LANGS)
def test_no_indicator_and_no_match_say_what_to_change(start: Start, lang: Lang) -> None:
    app = start("explore", lang=lang, metric="")
    assert not app.exception
    assert t("explore.nothing_metric", lang, most=4) in plain(app)
    assert [item.value for item in app.info] == [t("explore.advice_metric", lang)]
    app = start("explore", lang=lang, city="zhoushan", rows="city")
    assert not app.exception
    assert len(app.info) == 1
    assert not app.get("plotly_chart")
