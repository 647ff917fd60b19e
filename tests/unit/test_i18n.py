"""The catalogues: both languages hold the same keys with the same placeholders, and every key that code asks for."""

import ast
import re
import string
from pathlib import Path

import pytest

from towns.i18n import LANGS, load_catalogue, pick, t
from towns.settings import ROOT

_KEY = re.compile(r"[a-z][a-z0-9_]*\.[a-zA-Z0-9_-]+")
_LOCALES = Path(ROOT) / "towns" / "i18n" / "locales"


def placeholders(forms: tuple[str, ...]) -> set[str]:
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


def topics(lang: str) -> set[str]:
    return {path.stem for path in (_LOCALES / lang).glob("*.po")}


def asked_keys() -> dict[str, str]:
    """Return each key given to t() as a plain text, with the file that asks for it."""
    found: dict[str, str] = {}
    for path in [*Path(ROOT, "towns").rglob("*.py"), *Path(ROOT, "pages").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = node.args[0]
            if name == "t" and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found[first.value] = path.name
    return found


def test_both_languages_have_the_same_topics_and_keys() -> None:
    assert topics("zh") == topics("en")
    zh, en = load_catalogue("zh"), load_catalogue("en")
    assert sorted(zh.keys() ^ en.keys()) == []


@pytest.mark.parametrize("lang", LANGS)
def test_keys_belong_to_their_topic_and_no_text_is_empty(lang: str) -> None:
    for key, forms in load_catalogue(lang).items():
        assert _KEY.fullmatch(key), key
        assert key.partition(".")[0] in topics(lang), key
        assert forms, key
        both = (*forms, *load_catalogue("zh")[key], *load_catalogue("en")[key])
        assert any(both), f"{key} is empty in both languages"


def test_placeholders_agree() -> None:
    """What stands before a linked number in one language may stand after it in the other: such pairs count as one."""
    wanted: dict[str, dict[str, set[str]]] = {}
    for lang in LANGS:
        for key, forms in load_catalogue(lang).items():
            pair = re.sub(r"(?<=_)(before|after)(?=_|$)", "around", key)
            wanted.setdefault(pair, {}).setdefault(lang, set()).update(placeholders(forms))
    assert {key: names for key, names in wanted.items() if names["zh"] != names["en"]} == {}


def test_chinese_is_chinese_and_english_is_english() -> None:
    """A text of English holds no long Chinese, a Chinese text is not English throughout."""
    han = re.compile(r"[一-鿿]")
    allowed = {"shell.language", "shell.language_name", "shell.unit_yi", "shell.unit_wan", "shell.outside"}
    english = [key for key, forms in load_catalogue("en").items() if key not in allowed and han.search("".join(forms))]
    assert [key for key in english if re.search(r"[一-鿿]{9,}", "".join(load_catalogue("en")[key]))] == []
    chinese = [
        key for key, forms in load_catalogue("zh").items() if re.search(r"[A-Za-z]+ [A-Za-z]+ [a-z]+", "".join(forms))
    ]
    assert [key for key in chinese if not han.search("".join(load_catalogue("zh")[key]))] == []


def test_every_key_that_code_asks_for_exists() -> None:
    known = load_catalogue("zh")
    assert {key: name for key, name in asked_keys().items() if key not in known} == {}


def test_a_missing_key_is_a_fault() -> None:
    with pytest.raises(KeyError):
        t("shell.no_such_text", "zh")


def test_plural_and_placeholder() -> None:
    assert t("shell.search_found", "en", n=1) == "1 match"
    assert t("shell.search_found", "en", n=3) == "3 matches"
    assert t("shell.search_found", "zh", n=3) == "找到3项"


def test_labels_fall_back_to_the_other_language() -> None:
    assert pick("en", "梦想小镇", "") == "梦想小镇"
    assert pick("zh", "", "Dream Town") == "Dream Town"


def test_one_thing_has_one_word_on_all_pages() -> None:
    """The verdict is 未知 and the judged period 判定期; a conflict is sorted in the same words on two pages."""
    chinese = load_catalogue("zh")
    pages = ("overview.", "targets.", "town.", "sources.", "common.")
    for key, forms in chinese.items():
        if key.startswith(pages):
            assert not re.search("无法判定|判断期|类别不明|状态不明", "".join(forms)), key
    for name in ("contradiction", "scope", "definition", "rounding"):
        assert chinese[f"town.severity_{name}"] == chinese[f"sources.severity_{name}"], name
