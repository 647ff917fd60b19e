"""The briefing page on the real data: each kind of subject in both languages, links, bad addresses, a watermark."""

import pytest

from tests.app.conftest import Start


def text_of(app: object) -> str:
    """Return the brief as drawn."""
    bodies = (str(item.proto.body) for item in app.get("html"))  # type: ignore[attr-defined]
    return next(body for body in bodies if body.startswith('<article class="brief"'))


@pytest.mark.parametrize(
    ("lang", "query", "expected"),
    [
        ("zh", {}, ("《杭州市促进特色小镇高质量发展实施方案（2021—2023年）》执行情况简报", "（截至2026年11月22日）")),
        ("en", {"about": "city", "place": "hangzhou"}, ("Characteristic towns of Hangzhou", "More on the dashboard")),
        ("zh", {"class": "heritage", "city": "lishui"}, ("历史经典产业类特色小镇情况简报", "丽水市")),
    ],
)
def test_each_kind_opens_by_its_address(
    start: Start, lang: str, query: dict[str, str], expected: tuple[str, ...]
) -> None:
    app = start("briefing", lang=lang, **query)
    assert not app.exception
    assert not app.error
    html = text_of(app)
    for text in expected:
        assert text in html
    assert next(button.proto.label for button in app.get("download_button")).endswith("DOCX")


def test_a_bad_address_is_named_and_the_first_plan_shown(start: Start) -> None:
    app = start("briefing", lang="zh", about="planet", town="<script>", plan="none")
    assert not app.exception
    assert "about" in app.toast[0].value
    assert "执行情况简报" in text_of(app)


def test_an_as_of_date_goes_into_the_brief_and_hides_what_is_later(start: Start) -> None:
    html = text_of(start("briefing", lang="zh", town="xiaoshan-infoport", asof="2018-12-31"))
    assert "claim=xiaoshan-infoport" in html
    assert "（截至2018年12月31日）" in html
    assert "30.55" not in html
    assert "asof=2018-12-31" in html


def test_a_watermark_is_shown_only_when_typed_and_escaped(start: Start) -> None:
    app = start("briefing", lang="zh", town="anji-angel")
    assert "brief-ghost" not in text_of(app)
    app.text_input(key="briefing_watermark").set_value("<b>内部&资料").run()
    assert "&lt;b&gt;内部&amp;资料</div>" in text_of(app)
    app.text_input(key="briefing_watermark").set_value("内部\u202e资料").run()
    assert "不可见字符" in app.warning[0].value
    assert "brief-ghost" not in text_of(app)
