"""The shared filters of the shell: options from the data, widgets in the side bar, chips, URL codes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from towns import repo
from towns.fmt import format_date
from towns.fmt.values import MONEY
from towns.i18n import LANGS, pick, t
from towns.model import Lang, Status
from towns.store import Database
from towns.theme import industry_style
from towns.ui import urlstate
from towns.ui.cached import read
from towns.ui.context import CREATED_BATCH, NAMED_BATCH, Filters, batch_codes
from towns.ui.urlstate import key

_GROUP: Final = "group."
#: The programme began in 2015; its oldest figures are of 2014.
FIRST_DAY: Final = date(2014, 1, 1)
#: URL name of each multiple filter and of the widget that holds group ids.
_MULTIPLE: Final = ("industry", "group", "city", "county", "status", "batch")
_STATUSES: Final[tuple[Status, ...]] = get_args(Status)
_COPY: Final = "_shared_copy"
#: Parameters of the page on screen that narrow it as a filter does; Reset empties them, too.
_NARROWING: Final = "_shared_narrowing"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter: its code and its names; `parent` is the city of a county."""

    code: str
    zh: str
    en: str
    parent: str = ""

    def name(self, lang: Lang) -> str:
        """Return the name in the language."""
        return pick(lang, self.zh, self.en)


@dataclass(frozen=True)
class Options:
    """All options of the shared filters in one version of the data, as of a date."""

    choices: dict[str, tuple[Choice, ...]]

    def codes(self, name: str) -> tuple[str, ...]:
        """Return the codes of a filter in their order."""
        return tuple(choice.code for choice in self.choices[name])

    def label(self, name: str, code: str, lang: Lang) -> str:
        """Return the label of a code; the code itself where it is unknown."""
        return next((choice.name(lang) for choice in self.choices[name] if choice.code == code), code)

    def counties_of(self, cities: Iterable[str]) -> tuple[str, ...]:
        """Return the counties of the chosen cities, all where none is chosen."""
        chosen = frozenset(cities)
        return tuple(c.code for c in self.choices["county"] if not chosen or c.parent in chosen)


def load_options(db: Database, *, as_of: date | None) -> Options:
    """Return the options that the data hold as of a date: a batch or group published later is none of them."""
    places = repo.list_places(db)
    batches = {code for town in repo.list_towns(db, as_of=as_of) for code in batch_codes(town)}
    choices = {
        "industry": tuple(Choice(i.industry_id, i.name_zh, i.name_en) for i in repo.list_industries(db)),
        "group": tuple(Choice(g.group_id, g.name_zh, g.name_en) for g in repo.list_groups(db, as_of=as_of)),
        "city": tuple(Choice(p.place_id, p.name_zh, p.name_en) for p in places if p.level == "prefecture"),
        "county": tuple(Choice(p.place_id, p.name_zh, p.name_en, p.parent_id) for p in places if p.level == "county"),
        "status": tuple(Choice(s, t(f"shell.status_{s}", "zh"), t(f"shell.status_{s}", "en")) for s in _STATUSES),
        "batch": tuple(_batch(code) for code in sorted(batches, key=_batch_order)),
    }
    return Options(choices)


def load_members(db: Database, *, as_of: date | None) -> dict[str, frozenset[str]]:
    """Return the members of each industry group that sources name up to the as-of day."""
    members: dict[str, set[str]] = {}
    for member in repo.list_group_members(db, as_of=as_of):
        members.setdefault(member.group_id, set()).add(member.member_id)
    return {group: frozenset(ids) for group, ids in members.items()}


def _batch_order(code: str) -> tuple[bool, int]:
    return code.startswith(CREATED_BATCH), int(code.rpartition("-")[2])


def _batch(code: str) -> Choice:
    kind = "named" if code.startswith(NAMED_BATCH) else "created"
    number = code.rpartition("-")[2]
    return Choice(code, *(t(f"shell.batch_{kind}", lang, number=number) for lang in LANGS))


def first_language(locale: str | None) -> Lang:
    """Return the language of a first visit: Chinese for a Chinese or unknown browser, else English."""
    return "zh" if not locale or locale.lower().startswith("zh") else "en"


def seed(raw: urlstate.Raw, today: date, locale: str | None) -> None:
    """Set language, unit and as-of day from the URL's values and empty the filters, whose options hang on that day.

    Values that do not exist are dropped and noted for the toast.
    """
    state = st.session_state
    langs = _valid(raw, "lang", LANGS)
    state[key("lang")] = langs[0] if langs else state.get(_COPY, {}).get(key("lang")) or first_language(locale)
    units = _valid(raw, "unit", MONEY)
    state[key("unit")] = units[0] if units else "auto"
    days = [day for text in raw.get("asof", ())[:1] if (day := _day(text, today)) is not None]
    state[key("asof")] = days[0] if days else None
    for name in _MULTIPLE:
        state[key(name)] = []


def seed_filters(raw: urlstate.Raw, options: Options) -> None:
    """Set the filters from the URL's values; values that are no option are dropped and noted for the toast."""
    state = st.session_state
    groups = tuple(_GROUP + code for code in options.codes("group"))
    both = _valid(raw, "industry", (*options.codes("industry"), *groups))
    state[key("industry")] = [code for code in both if not code.startswith(_GROUP)]
    state[key("group")] = [code.removeprefix(_GROUP) for code in both if code.startswith(_GROUP)]
    for name in ("city", "status", "batch"):
        state[key(name)] = _valid(raw, name, options.codes(name))
    state[key("county")] = _valid(raw, "county", options.counties_of(state[key("city")]))


def _valid(raw: urlstate.Raw, name: str, allowed: Iterable[str]) -> list[str]:
    good = frozenset(allowed)
    texts = list(dict.fromkeys(raw.get(name, ())))
    for text in texts:
        if text not in good:
            urlstate.drop(name, text)
    return [text for text in texts if text in good]


def _day(text: str, today: date) -> date | None:
    """Return a day of the URL, None (and noted) where it is no date, too early or in the future (METHODS §5)."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= today or day.isoformat() != text:
        urlstate.drop("asof", text)
        return None
    return day


def restore() -> None:
    """Put the shared state back from its copy where Streamlit has let go of a widget's value."""
    for slot, value in st.session_state.get(_COPY, {}).items():
        if slot not in st.session_state:
            st.session_state[slot] = value


def keep() -> None:
    """Copy the shared state outside the widgets."""
    slots = [key(name) for name in ("lang", "unit", "asof", *_MULTIPLE)]
    st.session_state[_COPY] = {slot: st.session_state[slot] for slot in slots}


def language() -> Lang:
    """Return the language of this run."""
    lang: Lang = st.session_state[key("lang")]
    return lang


def selected(name: str) -> tuple[str, ...]:
    """Return the chosen codes of a filter."""
    return tuple(st.session_state.get(key(name)) or ())


def as_of(today: date) -> date | None:
    """Return the as-of day, None for everything."""
    day = st.session_state.get(key("asof"))
    return day if isinstance(day, date) and FIRST_DAY <= day <= today else None


def current(db: Database, today: date) -> Filters:
    """Return the shared filters of this run."""
    return Filters(
        classes=selected("industry"),
        groups=selected("group"),
        cities=selected("city"),
        counties=selected("county"),
        statuses=selected("status"),
        batches=selected("batch"),
        members=read(db, load_members, as_of=as_of(today)),
    )


def pairs(today: date) -> tuple[tuple[str, str], ...]:
    """Return the shared part of the URL: the language always, the rest where it is not the default."""
    out = [("lang", str(language()))]
    day = as_of(today)
    if day is not None:
        out.append(("asof", day.isoformat()))
    if st.session_state[key("unit")] not in (None, "auto"):
        out.append(("unit", st.session_state[key("unit")]))
    out += [("industry", code) for code in selected("industry")]
    out += [("industry", _GROUP + code) for code in selected("group")]
    for name in ("city", "county", "status", "batch"):
        out += [(name, code) for code in selected(name)]
    return tuple(out)


def draw(options: Options, lang: Lang, today: date) -> None:
    """Draw the shared filters in the side bar: language first, then as-of, industry, place, status, batch, unit."""
    state = st.session_state
    state[_NARROWING] = ()
    allowed_counties = options.counties_of(selected("city"))
    urlstate.hold(key("county"), [c for c in selected("county") if c in allowed_counties], (lang, allowed_counties))
    for name in ("industry", "group", "city", "status", "batch"):
        codes = options.codes(name)
        urlstate.hold(key(name), [code for code in selected(name) if code in codes], (lang, codes))
    urlstate.hold(key("lang"), lang, ())
    urlstate.hold(key("unit"), state[key("unit")] or "auto", lang)
    urlstate.hold(key("asof"), as_of(today), (lang, today))
    with st.sidebar:
        st.segmented_control(
            t("shell.language", lang),
            LANGS,
            key=key("lang"),
            format_func=lambda code: t("shell.language_name", code),
            required=True,
            width="stretch",
        )
        st.date_input(
            t("shell.as_of", lang),
            value=None,
            min_value=FIRST_DAY,
            max_value=today,
            key=key("asof"),
            format="YYYY-MM-DD",
            help=t("shell.as_of_help", lang),
        )
        st.pills(
            t("shell.industry", lang),
            options.codes("industry"),
            selection_mode="multi",
            key=key("industry"),
            format_func=lambda code: f"{dot(code)} {options.label('industry', code, lang)}",
        )
        _multiselect("group", options, lang, options.codes("group"))
        _multiselect("city", options, lang, options.codes("city"))
        _multiselect("county", options, lang, allowed_counties)
        _multiselect("status", options, lang, options.codes("status"))
        _multiselect("batch", options, lang, options.codes("batch"))
        st.selectbox(
            t("shell.unit", lang), MONEY, key=key("unit"), format_func=lambda code: t(f"shell.unit_{code}", lang)
        )
        st.button(t("shell.reset", lang), key="shell_reset", on_click=reset, width="stretch")


def _multiselect(name: str, options: Options, lang: Lang, codes: tuple[str, ...]) -> None:
    st.multiselect(
        t(f"shell.{name}", lang),
        codes,
        key=key(name),
        format_func=lambda code: options.label(name, code, lang),
        placeholder=t("shell.all", lang),
        select_all=False,
    )


def dot(industry_id: str) -> str:
    """Return the Markdown of a class's shape in its colour, as a picture that any theme shows alike."""
    style = industry_style(industry_id)
    return f"![{style.glyph}](app/static/classes/{industry_id}.svg)"


def toggle(name: str, code: str) -> None:
    """Add a code to a filter (industry, group, city, county, status, batch), or take it out where it is chosen.

    For the callback of a chart or a map (`on_select=callback`): callbacks run before the script, so one click is one
    run. Elsewhere the caller reruns the script. What the options do not hold is dropped as the side bar is drawn.
    """
    if name not in _MULTIPLE:
        raise ValueError(f"{name} is no filter")
    chosen = selected(name)
    others = [item for item in chosen if item != code]
    st.session_state[key(name)] = others if code in chosen else [*chosen, code]


def narrow_by(*names: str) -> None:
    """Say which parameters of the running page narrow it as a filter does, so that Reset empties them, too."""
    st.session_state[_NARROWING] = names


def reset() -> None:
    """Empty all filters, the as-of day and what narrows the page; language and unit stay."""
    for name in _MULTIPLE:
        st.session_state[key(name)] = []
    st.session_state[key("asof")] = None
    urlstate.put(**dict.fromkeys(st.session_state.get(_NARROWING, ())))


def _remove(name: str, code: str) -> None:
    if name == "asof":
        st.session_state[key("asof")] = None
    else:
        st.session_state[key(name)] = [item for item in selected(name) if item != code]


def draw_chips(options: Options, lang: Lang, today: date, sources: StreamlitPage | None = None) -> None:
    """Draw a removable chip for each active filter and a button that removes all; nothing where none is.

    Beside an as-of date a link to the page `sources` compares that day with today: a view that is not as of a date.
    """
    chips = [(name, code, options.label(name, code, lang)) for name in _MULTIPLE for code in selected(name)]
    day = as_of(today)
    if day is not None:
        chips.insert(0, ("asof", day.isoformat(), t("shell.as_of_chip", lang, day=format_date(day, lang))))
    if not chips:
        return
    with st.container(key="shell_chips", horizontal=True, vertical_alignment="center", gap="small"):
        for name, code, label in chips:
            st.button(
                t("shell.chip", lang, label=label),
                key=f"chip_{name}_{code}",
                help=t("shell.chip_help", lang, label=label),
                on_click=_remove,
                args=(name, code),
            )
        st.button(
            t("shell.reset_chips", lang),
            key="chips_reset",
            help=t("shell.reset_chips_help", lang),
            on_click=reset,
            type="tertiary",
        )
        if sources is not None and day is not None and day < today:
            query: dict[str, list[str]] = {"tab": ["changes"], "from": [day.isoformat()]}
            for name, text in pairs(today):
                if name != "asof":
                    query.setdefault(name, []).append(text)
            st.page_link(sources, label=t("changes.compare_link", lang), icon="", query_params=query)


def get_options(db: Database, today: date) -> Options:
    """Return the options of this version of the data as of the run's as-of day, computed once a day."""
    return read(db, load_options, as_of=as_of(today))
