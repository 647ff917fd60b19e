"""Sentences of findings on the real data, read back by a parser of their own and compared with plain SQL."""

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple, get_args

import pytest

from tests.findings_reader import Checker
from tests.support import LANGS, TODAY
from towns import repo
from towns.errors import NotFoundError
from towns.model import Lang
from towns.sentences import Part, Sentence
from towns.store import Database
from towns.views.findings import KINDS, Finding, FindingSubject, SubjectKind, list_findings

_TODAY: Final = date.fromisoformat(TODAY)
#: Everything, and a day on which much of it had not been published yet.
_DAYS: Final = (None, date(2018, 6, 30))
#: Every so many towns are told of: all of them are in the long trial.
_STEP: Final = 10


class Told(NamedTuple):
    """A finding with what it is about and when."""

    finding: Finding
    subject: FindingSubject
    lang: Lang
    as_of: date | None


@pytest.fixture(scope="module")
def checker(shipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checker]:
    """Open a copy of the database, since the product holds the file by other rules."""
    copy = shutil.copy(shipped, tmp_path_factory.mktemp("findings") / "copy.duckdb")
    found = Checker(Path(copy))
    yield found
    found.close()


@pytest.fixture(scope="module")
def told(db: Database) -> tuple[Told, ...]:
    """Return all findings of some subjects of each kind."""
    found = []
    for as_of in _DAYS:
        plans = {plan.plan_id for plan in repo.list_plans(db, as_of=as_of)}
        subjects = [FindingSubject("town", town.town_id) for town in repo.list_towns(db, as_of=as_of)[::_STEP]]
        subjects += [FindingSubject("town", town) for town in ("mengxiang", "xiaoshan-infoport", "yuhuang-fund")]
        subjects += [FindingSubject("city", place) for place in ("zhejiang", "hangzhou", "jiaxing", "wenzhou")]
        subjects += [FindingSubject("industry", row.industry_id) for row in repo.list_industries(db)[:3]]
        wanted = ("hz-2021-2023", "zj-2025", "jiaxing-2015-investment", "zj-2015-8")
        subjects += [FindingSubject("plan", plan) for plan in wanted if plan in plans]
        for subject in subjects:
            for lang in LANGS:
                findings = list_findings(db, subject, lang=lang, as_of=as_of, today=_TODAY, most=1000)
                found += [Told(finding, subject, lang, as_of) for finding in findings]
    return tuple(found)


def _faults(checker: Checker, item: Told) -> list[str]:
    subject = (item.subject.kind, item.subject.id)
    return checker.check(item.finding, subject, item.lang, item.as_of, item.as_of or _TODAY)


def test_sentences_say_what_the_database_says(
    told: Sequence[Told], checker: Checker, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = [(fault, item.finding.sentence.plain) for item in told for fault in _faults(checker, item)]
    with capsys.disabled():
        print("\nfindings read back:", dict(sorted(checker.counts.items())))
    assert faults == []
    assert checker.counts["sentences"] >= 500
    assert checker.counts["numbers"] >= 500
    assert {kind for kind in KINDS if checker.counts[f"kind {kind}"]} == set(KINDS)


#: What is done to a sentence, and by what: each must be noticed wherever it fits.
_FORGERIES: Final = (
    ("another digit", r"(?<=[为超近约到g] )?(\d)(?=(?:\.\d+)?(?:亿元|个(?!小镇)|家|平方公里| km²| billion))", "next"),
    ("another unit", r"(?<=\d)亿元|(?<=\d) billion", {"亿元": "万元", " billion": " million"}),
    ("no qualifier", r"超(?=\d)|over (?=CNY|\d)", {"超": "", "over ": ""}),
    ("another year", r"20(\d)(?=\d年|\d,)", "next"),
)


@pytest.mark.parametrize(("name", "pattern", "change"), _FORGERIES, ids=[item[0] for item in _FORGERIES])
def test_a_forged_sentence_is_found_out(
    told: Sequence[Told], checker: Checker, name: str, pattern: str, change: str | dict[str, str]
) -> None:
    """The check sees each forgery in each sentence: it cannot pass by reading nothing."""
    tried = missed = 0
    for item in told:
        if item.finding.kind != "total" or not item.finding.indicator_id:
            continue
        parts = item.finding.sentence.parts
        clean = checker.names.sub(lambda m: "□" * len(m[0]), item.finding.sentence.plain)
        match = re.search(pattern, clean)
        if match is None:
            continue
        if isinstance(change, dict):
            text = clean[: match.start()] + change[match[0]] + clean[match.end() :]
        else:
            digit = match.start(1)
            text = clean[:digit] + str((int(clean[digit]) + 1) % 10) + clean[digit + 1 :]
        forged = replace(item.finding, sentence=Sentence(item.lang, (Part(text, parts[1].claim_ids),)))
        tried += 1
        missed += not _faults(checker, item._replace(finding=forged))
    assert tried >= 10
    assert missed == 0


def test_a_word_of_change_is_found_out(told: Sequence[Told], checker: Checker) -> None:
    item = next(item for item in told if item.finding.kind == "total" and item.finding.indicator_id)
    parts = item.finding.sentence.parts
    for word in ("，同比增长", ", up 3", " rose"):
        forged = replace(item.finding, sentence=Sentence(item.lang, (*parts, Part(word))))
        assert any("change" in fault for fault in _faults(checker, item._replace(finding=forged)))


def test_a_number_of_another_claim_is_found_out(told: Sequence[Told], checker: Checker) -> None:
    """Sentence and metadata may agree with each other and still not with the database."""
    values = [item for item in told if item.finding.kind == "total" and item.finding.numbers[:1]]
    item = next(item for item in values if not item.finding.numbers[0].is_computed)
    number = item.finding.numbers[0]
    forged = replace(item.finding, numbers=(replace(number, value=number.value + 1), *item.finding.numbers[1:]))
    faults = _faults(checker, item._replace(finding=forged))
    assert any("the claim says" in fault for fault in faults)


def _list(db: Database, kind: SubjectKind, subject_id: str, as_of: date | None = None, most: int = 3) -> list[Finding]:
    subject = FindingSubject(kind, subject_id)
    return list(list_findings(db, subject, lang="zh", as_of=as_of, today=_TODAY, most=most))


def test_the_most_telling_come_first_one_of_each_kind(db: Database) -> None:
    few, many = _list(db, "town", "xiaoshan-infoport"), _list(db, "town", "xiaoshan-infoport", most=40)
    assert [finding.kind for finding in few] == ["yoy", "total", "pace"]
    assert few == many[:3]
    levels = [(finding.indicator_id, finding.period) for finding in many if finding.kind in ("yoy", "total")]
    assert len(levels) == len(set(levels)), "a level is told once"
    # A growth of 2014 does not lead where figures of 2025 are known.
    assert _list(db, "town", "yuhuang-fund")[0].kind == "total"


def test_a_place_stands_for_its_level_and_any_place_at_all_is_none(db: Database) -> None:
    found = _list(db, "town", "cangnan-taishang", most=40)
    places = [(finding.indicator_id, finding.period) for finding in found if finding.kind == "rank"]
    assert places
    assert not {(f.indicator_id, f.period) for f in found if f.kind == "total"} & set(places)
    bands = [[int(n.value) for n in f.numbers if n.role == "place"] for f in _list(db, "town", "longwu-tea", most=40)]
    assert [1, 6] not in bands


def test_where_nothing_is_known_that_is_the_finding(db: Database) -> None:
    (only,) = _list(db, "town", "keqiao-coolplay")
    assert only.kind == "unknown"
    assert only.sentence.plain.startswith("柯桥酷玩小镇的数值均为未知")
    early = _list(db, "city", "zhejiang", date(2015, 6, 30))
    assert early
    assert all("2023" not in finding.sentence.plain for finding in early)


def test_a_part_of_a_year_is_not_the_last_known_year(db: Database) -> None:
    """One town's tax up to 27 December 2021 is known, and of another only the investment of nine months."""
    gaps = [f for f in _list(db, "town", "xiaoshan-infoport", most=40) if f.kind == "unknown"]
    assert "最近已知的全年数为2020年的30.55亿元" in gaps[0].sentence.plain
    told = [f.sentence.plain for f in _list(db, "town", "deqing-geoinfo", most=40) if f.kind == "unknown"]
    assert any("固定资产投资未知" in text for text in told)
    assert not any("最近已知" in text for text in told)


def test_a_plan_that_is_told_of_is_named_once_and_a_document_stands_in_its_marks(db: Database) -> None:
    own = [finding.sentence.plain for finding in _list(db, "plan", "zj-2025", most=40)]
    assert [sum("指导意见" in text for text in own), sum("《" in text for text in own)] == [1, 1]
    assert any(text.startswith("目标“全省小镇总产出”（至少25,000亿元，2025年底到期）") for text in own)
    pace = next(finding.sentence.plain for finding in _list(db, "city", "zhejiang") if finding.kind == "pace")
    assert pace.startswith("《关于持续推进特色小镇高质量发展的指导意见》提出“")


def test_a_subject_that_is_not_there_is_refused(db: Database) -> None:
    for kind in get_args(SubjectKind):
        with pytest.raises(NotFoundError):
            _list(db, kind, "nowhere")
    with pytest.raises(NotFoundError):
        _list(db, "plan", "zj-2025", date(2016, 1, 1))
