"""Briefings of the shipped data: what they say, and the files that carry them."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from towns import repo
from towns.errors import NotFoundError
from towns.exports import pdf
from towns.exports.brief import LONGEST_WATERMARK, Briefing, Chart, Gauges, Run, Table, WatermarkError, clean_watermark
from towns.exports.brief_fit import fits, fits_page, height
from towns.exports.brief_html import is_web, write_html
from towns.exports.docx import write_docx
from towns.model import Lang
from towns.store import Database
from towns.views.briefing import build_briefing, list_subjects, read_subject

TODAY: Final = date(2026, 11, 22)
W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SUBJECTS: Final = ("town=xiaoshan-infoport", "town=anji-angel", "city=hangzhou", "industry=finance", "plan=zj-2025")


def brief(db: Database, subject: str, lang: Lang = "zh", as_of: date | None = None) -> Briefing:
    return build_briefing(db, read_subject(subject), lang=lang, as_of=as_of, today=TODAY)


def runs_of(briefing: Briefing) -> list[Run]:
    """Return every run of the text and the tables."""
    cells = [run for table in briefing.tables for row in table.rows for cell in row for run in cell.runs]
    return [run for paragraph in briefing.paragraphs for run in paragraph.runs] + cells


def parts_of(data: bytes) -> dict[str, str]:
    """Return the XML of a document of Word by the names of its parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_number_with_a_claim_cites_its_source_and_every_source_is_cited(
    db: Database, subject: str, lang: Lang
) -> None:
    briefing = brief(db, subject, lang)
    runs = runs_of(briefing)
    numbers = [item.number for item in briefing.references]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {number for run in runs for number in run.refs} == set(numbers)
    assert all("{" not in run.text for run in runs)
    assert [section.heading[:1] for section in briefing.sections[:2]] == ["一", "二"] if lang == "zh" else ["1", "2"]
    assert numbers == [item.number for item in (*briefing.front_references, *briefing.annex_references)]
    claims = {claim.observation_id: claim for claim in repo.list_claims(db, as_of=None)}
    sources = {item.source_id for item in briefing.references}
    linked = {claims[claim].source_id for run in runs if len(run.claim_ids) == 1 for claim in run.claim_ids}
    assert linked <= sources


@pytest.mark.parametrize("subject", [*SUBJECTS, "plan=hz-2021-2023", "city=ningbo", "town=hangzhou-bay-holiday"])
def test_the_first_page_holds_the_brief_and_an_annex_what_it_has_no_room_for(db: Database, subject: str) -> None:
    briefing = brief(db, subject)
    assert fits(briefing)
    assert height(briefing) > 350, "a page that is nearly empty has left something out"
    assert all(fits_page(section, "zh") for section in briefing.annex)
    assert (write_html(briefing).count('class="brief-annex"'), len(briefing.annex)) in ((0, 0), (1, 1))
    document = parts_of(write_docx(briefing))["word/document.xml"]
    assert document.count("<w:pageBreakBefore/>") == len(briefing.annex)
    assert ("见附。" in briefing.gaps.plain) == bool(briefing.annex)
    for table in briefing.tables:
        assert not table.rest or table.rest.endswith(f"：{table.view}")


def test_what_has_no_room_is_counted_and_its_sources_follow_those_of_the_first_page(db: Database) -> None:
    briefing = brief(db, "city=hangzhou")
    goals, figures = briefing.annex[0].blocks
    assert isinstance(goals, Table)
    assert isinstance(figures, Table)
    assert len(goals.rows) + goals.left == 17
    assert len(figures.rows) + figures.left == 27
    assert goals.rest == f"其余{goals.left}条见看板：/targets?lang=zh&city=hangzhou"
    front = max(item.number for item in briefing.front_references)
    assert [item.number > front for item in briefing.annex_references] == [True] * len(briefing.annex_references)
    assert briefing.annex_references
    first = write_html(briefing).split('class="brief-annex"')
    assert f"[{front + 1}]" not in first[0]
    assert f"[{front + 1}]" in first[1]


def test_the_values_of_the_tables_are_those_of_their_claims(db: Database) -> None:
    """Read back from the text: 30.55亿元 is the claim's 30.55, 1.2万人 its 12000."""
    claims = {claim.observation_id: claim for claim in repo.list_claims(db, as_of=None)}
    checked = 0
    for subject in ("town=xiaoshan-infoport", "town=mengxiang", "town=dachuang", "city=hangzhou"):
        figures = next(table for table in brief(db, subject).tables if "数值" in table.columns)
        for row in figures.rows:
            run = row[2].runs[0]
            found = re.search(r"([\d,.]+)(万)?", run.text)
            assert found is not None
            value = Decimal(found[1].replace(",", "")) * (10000 if found[2] else 1)
            assert value == claims[run.claim_ids[0]].value, run.text
            checked += 1
    assert checked == 14


def test_a_brief_as_of_a_date_knows_nothing_later(db: Database) -> None:
    then = brief(db, "town=xiaoshan-infoport", as_of=date(2018, 12, 31))
    text = write_html(then)
    assert "30.55" not in text
    assert "（截至2018年12月31日）" in text
    assert then.released == date(2018, 12, 31)
    assert then.address == "/briefing?lang=zh&asof=2018-12-31&about=town&town=xiaoshan-infoport"
    for claim in {claim for run in runs_of(then) for claim in run.claim_ids}:
        assert repo.list_claims(db, as_of=date(2018, 12, 31), observation_ids=(claim,))


def test_verdicts_that_are_not_known_say_what_would_decide_them(db: Database) -> None:
    text = brief(db, "plan=zj-2025").gaps.plain
    assert "不等于未达到" in text
    assert "尚需浙江省2025年“命名小镇数”数据" in text


def test_drawings_are_bars_with_gaps_and_gauges(db: Database) -> None:
    chart = next(b for b in brief(db, "town=xiaoshan-infoport").blocks if isinstance(b, Chart))
    assert [(bar.label, bar.value, bar.text, bar.bounded) for bar in chart.bars][2:5] == [
        ("2016年", None, "不详", False),
        ("2017年", 8.0, "超8亿元", True),
        ("2018年", None, "不详", False),
    ]
    gauges = next(b for b in brief(db, "plan=zj-2025").blocks if isinstance(b, Gauges))
    assert [name for name, _ in gauges.gauges] == ["全省命名小镇总数", "全省小镇总产出"]


def test_unknown_subjects_are_refused_and_those_of_the_list_exist(db: Database) -> None:
    for text in ("town=nowhere", "city=yuhang", "industry=none", "plan=cangnan-taishang-2019", "village=a", "town"):
        with pytest.raises(NotFoundError):
            brief(db, text)
    counts = {
        kind: len(list_subjects(db, kind=kind, lang="en", as_of=None)) for kind in ("town", "city", "industry", "plan")
    }
    assert counts == {"town": 151, "city": 11, "industry": 8, "plan": 2}
    assert [x.subject_id for x in list_subjects(db, kind="plan", lang="zh", as_of=date(2022, 1, 1))] == ["hz-2021-2023"]


# -- files -------------------------------------------------------------------------------------------------------


def test_a_document_of_word_has_the_form_of_the_standard(db: Database) -> None:
    data = write_docx(brief(db, "town=xiaoshan-infoport"))
    parts = parts_of(data)
    for name, text in parts.items():
        assert ET.fromstring(text).tag, name  # noqa: S314  every part is well-formed
    styles = {
        style.get(f"{W}styleId"): style
        for style in ET.fromstring(parts["word/styles.xml"]).iter(f"{W}style")  # noqa: S314
    }
    for name, font, half_points in (
        ("Title", "方正小标宋简体", "44"),
        ("Normal", "仿宋_GB2312", "32"),
        ("Heading1", "黑体", "32"),
    ):
        assert styles[name].find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") == font  # type: ignore[union-attr]
        assert styles[name].find(f"{W}rPr/{W}sz").get(f"{W}val") == half_points  # type: ignore[union-attr]
    spacing = styles["Normal"].find(f"{W}pPr/{W}spacing")
    assert spacing is not None
    assert (spacing.get(f"{W}line"), spacing.get(f"{W}lineRule")) == ("560", "exact")
    margins = ET.fromstring(parts["word/document.xml"]).find(f".//{W}pgMar")  # noqa: S314
    assert margins is not None
    millimetres = [round(int(margins.get(f"{W}{side}", "0")) / 56.6929) for side in ("top", "bottom", "left", "right")]
    assert millimetres == [37, 35, 28, 26]
    footer = next(text for name, text in parts.items() if name.startswith("word/footer"))
    assert " PAGE " in footer
    assert "— " in footer
    assert "华文中宋" in parts["word/fontTable.xml"]
    assert "30.55" in parts["word/document.xml"]
    assert "超8亿元" in parts["word/charts/chart1.xml"]
    assert parts["word/charts/chart1.xml"].count("<c:v>") == 1 + 7 + 4
    assert "<dc:creator></dc:creator>" in parts["docProps/core.xml"] or "<dc:creator/>" in parts["docProps/core.xml"]
    assert "PowerPlusWaterMark" not in data.decode("latin-1")
    assert not any("WaterMark" in text for text in parts.values())


def test_the_same_brief_gives_the_same_bytes_dated_by_its_sources(db: Database) -> None:
    briefing = brief(db, "plan=hz-2021-2023")
    data = write_docx(briefing)
    assert data == write_docx(brief(db, "plan=hz-2021-2023"))
    assert write_html(briefing) == write_html(brief(db, "plan=hz-2021-2023"))
    assert briefing.released is not None
    assert f"{briefing.released.isoformat()}T00:00:00Z" in parts_of(data)["docProps/core.xml"]
    assert "wpg:wgp" in parts_of(write_docx(brief(db, "plan=zj-2025")))["word/document.xml"]


def test_a_hostile_watermark_is_text_and_nothing_else(db: Database) -> None:
    briefing = brief(db, "town=anji-angel")
    mark = "\"/><script>&内部'"
    html = write_html(briefing, mark)
    assert "<script" not in html
    assert "&lt;script&gt;&amp;内部" in html
    headers = [text for name, text in parts_of(write_docx(briefing, mark)).items() if name.startswith("word/header")]
    path = ET.fromstring(headers[0]).find(".//{urn:schemas-microsoft-com:vml}textpath[@string]")  # noqa: S314
    assert path is not None
    assert path.get("string") == mark


@given(st.text(max_size=2 * LONGEST_WATERMARK))
def test_a_watermark_is_short_and_visible_or_refused(text: str) -> None:
    shown = text.strip()
    if len(shown) <= LONGEST_WATERMARK and shown.isprintable():
        assert clean_watermark(text) == shown
    else:
        with pytest.raises(WatermarkError):
            clean_watermark(text)


def test_the_document_of_its_own_asks_for_nothing(db: Database) -> None:
    html = write_html(brief(db, "city=hangzhou"), "内部资料")
    assert "default-src 'none'" in html
    assert "<script" not in html
    assert not re.search(r"(src|url)\s*[=(]\s*[\"']?https?:", html)
    assert "@page{size:A4;margin:37mm 26mm 35mm 28mm" in html
    assert 'counter(page) " —"' in html
    assert html.count("<h2") == 3 + 3 + 1 + 1, "sections, foot, annex with its sources"
    assert is_web("https://example.org")
    assert not is_web("javascript:alert(1)")


def test_dates_of_a_pdf_are_those_of_the_data(db: Database) -> None:
    assert pdf._day_of(write_html(brief(db, "plan=zj-2025"))) == brief(db, "plan=zj-2025").released
    assert pdf._day_of("<p>") == date(1980, 1, 1)
    made = b"%PDF-1.4 /CreationDate (D:20261122172200+00'00') /ModDate (D:20261122172200+00'00')"
    fixed = pdf._redate(made, date(2025, 12, 31))
    assert fixed.count(b"D:20251231000000+00'00'") == 2
    assert len(fixed) == len(made)


def test_without_a_browser_the_reader_is_told_what_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_browser", lambda: None)
    with pytest.raises(Exception, match="BROWSER_PATH") as caught:
        pdf.print_pdf("<p>")
    assert "DOCX" in caught.value.text("zh")  # type: ignore[attr-defined]
