"""Every page in both languages, with everything, with an empty filter result and with a bad URL."""

import re
from pathlib import Path
from typing import Final

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start
from tests.support import ROOT
from towns.i18n import load_catalogue
from towns.model import Lang
from towns.ui.navigation import PAGES, existing_pages

IDS: Final = tuple(spec.page_id for spec in existing_pages())
#: No town of the finance class is in Zhoushan's outermost county, so nothing passes.
EMPTY: Final = {
    "industry": "finance",
    "city": "zhoushan",
    "county": "shengsi",
    "status": "eliminated",
    "batch": "named-7",
}
BAD: Final = {
    "town": "atlantis",
    "target": "no-such-goal",
    "metric": "no_such_metric",
    "entity": "nobody",
    "claim": "no.such.claim",
    "source": "no-such-source",
    "tab": "nowhere",
    "city": "atlantis",
    "asof": "2999-12-31",
}
STATES: Final[dict[str, dict[str, str]]] = {"full": {}, "empty": EMPTY, "bad": BAD, "as_of": {"asof": "2019-06-30"}}
_KEY: Final = re.compile(r"\b[a-z]+\.[a-z][a-z0-9]*_[a-z0-9_]+\b")
_HAN: Final = re.compile(r"[一-鿿]")
#: Errors that reach a reader only through a fault of ours.
_FAULTS: Final = re.compile(r"Traceback|\bNaN\b|\bnan\b|\bNone\b|\bNaT\b|\{[a-z_]+\}|[一-鿿]None|undefined")


def texts(app: AppTest) -> list[str]:
    """Return all that a reader sees of a page: markdown, captions, HTML without tags, labels of widgets."""
    out = [str(item.value) for kind in (app.markdown, app.caption, app.text, app.info, app.warning) for item in kind]
    out += [
        re.sub(r"(?s)<style>.*?</style>|<script>.*?</script>|<[^>]+>", " ", str(item.proto.body))
        for item in app.get("html")
    ]
    out += [str(item.label) for kind in (app.button, app.selectbox, app.multiselect) for item in kind]
    out += [str(item.label) for item in (*app.metric, *app.expander, *app.tabs)]
    out += [str(item.value) for item in app.metric]
    return out


def keys_shown(found: list[str]) -> list[str]:
    """Return the interface keys that stand in a text instead of their words."""
    known = load_catalogue("zh")
    return [word for text in found for word in _KEY.findall(text) if word in known]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page_id", IDS)
def test_a_page_stands_in_any_state(start: Start, page_id: str, lang: Lang, state: str) -> None:
    app = start(page_id, lang=lang, **STATES[state])
    assert not app.exception, [item.value for item in app.exception]
    assert not app.error, [item.value for item in app.error]
    seen = texts(app)
    html = "\n".join(str(item.proto.body) for item in app.get("html"))
    assert '<h1 class="towns-title">' in html
    assert re.search(r"<p[^>]*>\s*\S", html), "a page begins with its sentence"
    assert keys_shown(seen) == []
    assert [text for text in seen if _FAULTS.search(text)] == []
    assert len(app.toast) == (1 if state == "bad" else 0)


@pytest.mark.parametrize("page_id", IDS)
def test_chinese_speaks_chinese(start: Start, page_id: str) -> None:
    """Widgets and headings of the Chinese page hold Chinese; no English sentence of ours slips in."""
    app = start(page_id, lang="zh")
    english = {form for forms in load_catalogue("en").values() for form in forms if len(form) > 12 and "{" not in form}
    zh = {form for forms in load_catalogue("zh").values() for form in forms}
    seen = texts(app)
    assert [text for text in seen if text.strip() in english - zh] == []
    assert any(_HAN.search(text) for text in seen)


@pytest.mark.parametrize("page_id", IDS)
def test_english_speaks_english(start: Start, page_id: str) -> None:
    app = start(page_id, lang="en")
    chinese = {
        form for forms in load_catalogue("zh").values() for form in forms if _HAN.search(form) and "{" not in form
    }
    en = {form for forms in load_catalogue("en").values() for form in forms}
    assert [text for text in texts(app) if text.strip() in chinese - en] == []


def test_every_page_file_is_in_the_navigation() -> None:
    files = {path.stem for path in Path(ROOT, "pages").glob("*.py")}
    assert files <= {spec.page_id for spec in PAGES}


@pytest.mark.parametrize("page_id", IDS)
def test_a_page_is_thin(page_id: str) -> None:
    """A page guards, asks and draws: at most 80 lines, no SQL, no data frames, no colours (DESIGN §3)."""
    text = Path(ROOT, "pages", f"{page_id}.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80
    assert not re.search(r"import (pandas|duckdb|plotly)|#[0-9a-fA-F]{6}\b|\bselect\b.*\bfrom\b", text)
