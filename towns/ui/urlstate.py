"""The whole view lives in the URL, by short ASCII codes (DESIGN §7).

Three rules keep the address and the widgets together:

1. The URL seeds the state when a session starts and when it differs from what we last wrote (Back, an edited address),
   unless the reader has just changed a widget, or the browser has sent a click with an address that we had replaced
   before the click arrived (then the address is merely behind). An empty URL (a click on the navigation) keeps the
   state.
2. Each parameter `name` lives in `st.session_state["q_" + name]` (`key(name)`); a widget drawn with that key is tied to
   the URL. A copy outside the widgets survives pages on which the widget is not drawn.
3. The URL is written once, at the end of a run that it seeded or that changed it. `lang` is always in it, defaults
   are not.

The shell owns the shared parameters; a page declares its own by `towns.ui.page.state` before it draws the widget.
A value that is not allowed is dropped; all such values of a run are named in one toast.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from time import monotonic
from typing import Any, Final, Protocol
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from towns.ui.context import Context

SHARED: Final = ("lang", "asof", "unit", "industry", "city", "county", "status", "batch")
#: The page that answers at "/".
DEFAULT_PAGE: Final = "overview"
_LONGEST: Final = 200
_MOST_VALUES: Final = 50

_WRITTEN = "_url_written"
_SNAPSHOT = "_url_snapshot"
_RAW = "_url_raw"
_COPY = "_url_copy"
_SIGNATURE = "_url_signature"
_BAD = "_url_bad"
_PAGE = "_url_page"
_DECLARED = "_url_declared"
_PUT = "_url_put"
_IGNORE = "_url_ignore_widgets"
_FIRST = "_url_first"
_FRESH = "_url_fresh"
_QUERY = "_url_query"
_UNSEEN = "_url_unseen"
#: Addresses that a run has replaced and that the browser may not have given up yet.
_REPLACED = "_url_replaced"
_MOST_REPLACED: Final = 8
_CITED = "_url_cited"
#: So long a browser may take to draw a widget: a cold phone, a map before it.
_DELIVERY_SECONDS: Final = 30.0
_ABSENT: Final = object()
#: How the URL says that a filter with a default was emptied.
_NOTHING: Final = ""

Raw = dict[str, list[str]]


def key(name: str) -> str:
    """Return the session-state key of a URL parameter, to be given to its widget."""
    return f"q_{name}"


def start() -> Raw | None:
    """Begin a run: return the URL's values if they must seed the state, else None.

    Values of page parameters are set aside until the page declares them.
    """
    state = st.session_state
    query: Raw = {name: list(st.query_params.get_all(name))[:_MOST_VALUES] for name in st.query_params}
    first = _WRITTEN not in state
    touched = not first and any(_still(state.get(slot, was)) != was for slot, was in state[_SNAPSHOT].items())
    replaced = state.setdefault(_REPLACED, [])
    behind = touched or (query in replaced and _asked_by_widget())
    fresh = first or (bool(query) and query != state[_WRITTEN] and not behind)
    if fresh or query == state[_WRITTEN]:
        replaced.clear()
    state[_BAD] = []
    state[_DECLARED] = {}
    state[_CITED] = {}
    state[_FIRST] = first
    state[_FRESH] = fresh
    state[_QUERY] = query
    state.setdefault(_RAW, {})
    if fresh:
        state[_RAW] = {name: values for name, values in query.items() if name not in SHARED}
        # A run that does not reach its end (st.stop, st.rerun) must not be taken for the first one again.
        state[_WRITTEN], state[_SNAPSHOT] = query, {}
    return query if fresh else None


def _asked_by_widget() -> bool:
    """Say whether the browser asked for this run by a button or a widget, and not by Back or a link.

    Streamlit tells the script only which values there are, not that one is new: hence its inner state.
    """
    run = get_script_run_ctx()
    if run is None or run.is_history_navigation:
        return False
    kept = run.session_state._state
    return any(kept._widget_changed(widget) for widget in kept._new_widget_state)


def enter(page_id: str) -> None:
    """Say which page runs: it has its own copy of its parameters, emptied where the URL seeds."""
    state = st.session_state
    copies = state.setdefault(_COPY, {})
    page_copy = copies.setdefault(page_id, {})
    if state.get(_PAGE) not in (None, page_id) and not state[_FRESH]:
        # A link to another page with the very query that was last written: its page parameters are the new page's.
        state[_RAW] = {name: values for name, values in state[_QUERY].items() if name not in SHARED}
        state[_FRESH] = bool(state[_RAW])
    if state[_FRESH]:
        page_copy.clear()
    state[_IGNORE] = state[_FRESH] or state.get(_PAGE) != page_id
    state[_PAGE] = page_id
    for name, value in state.pop(_PUT, {}).items():
        page_copy.pop(name, None)
        state[_RAW].pop(name, None)
        if value is not None:
            page_copy[name] = value
        state.pop(key(name), None)


def declare(
    name: str, allowed: Collection[str] | None, default: Any, *, multiple: bool, signature: object = None
) -> Any:
    """Declare a parameter of the running page and return its valid value (str or None, tuple if `multiple`).

    Order: a value set aside from the URL, the widget's, the copy of an earlier visit, the default. Must run before the
    widget with `key(name)` is drawn.
    """
    state = st.session_state
    page_copy = state[_COPY].setdefault(state[_PAGE], {})
    slot = key(name)
    from_url = name in state[_RAW]
    if from_url:
        texts = state[_RAW].pop(name)
        good = tuple(dict.fromkeys(text for text in texts if _allowed(text, allowed)))
        for text in texts:
            if text and not _allowed(text, allowed):
                drop(name, text)
        value: Any = default
        if multiple:
            value = good if good or texts == [_NOTHING] else default
        elif good:
            value = good[0]
    elif slot in state and not state[_IGNORE]:
        value = state[slot]
    else:
        value = page_copy.get(name, default)
    value = _clean(value, allowed, default, multiple=multiple)
    hold(slot, list(value) if multiple else value, (allowed if allowed is None else tuple(allowed), signature))
    page_copy[name] = value
    state[_DECLARED][name] = (default, multiple)
    return value


def hold(slot: str, value: Any, signature: object) -> None:
    """Give a widget's key its value before it is drawn, if it differs or the widget's options or labels changed.

    Streamlit takes a widget with other labels for a new one and would forget its value. And where one run follows
    another before the browser has drawn the first one's widgets, it draws them as the second one sends them: with their
    first option, beside our value. So a value is given again for a while, until the reader changes it.
    """
    state = st.session_state
    signatures = state.setdefault(_SIGNATURE, {})
    unseen = state.setdefault(_UNSEEN, {})
    given_at, given = unseen.get(slot, (0.0, _ABSENT))
    if state.get(slot, _ABSENT) != value or signatures.get(slot) != signature:
        state[slot] = value
        unseen[slot] = (monotonic(), value)
    elif given == value and monotonic() - given_at < _DELIVERY_SECONDS:
        state[slot] = value
    else:
        unseen.pop(slot, None)
    signatures[slot] = signature


def put(**values: str | Sequence[str] | None) -> None:
    """Note values of page parameters for the next run (for what is picked on a chart or a map); None is the default.

    The caller reruns the script.
    """
    st.session_state.setdefault(_PUT, {}).update(values)


def drop(name: str, value: str) -> None:
    """Note a value of the URL that is not allowed, for the toast."""
    st.session_state[_BAD].append((name, value[:60]))


def dropped() -> tuple[tuple[str, str], ...]:
    """Return the values dropped in this run, each with the name of its parameter."""
    return tuple(dict.fromkeys(st.session_state.get(_BAD, ())))


class Kept(Protocol):
    """The state that a session has kept: Streamlit's own, or that of its test bench."""

    def __getitem__(self, key: str, /) -> Any:
        """Return a value of the session."""
        ...


def read_ended(state: Kept) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return what a run that reached its page left behind: the values dropped, and the parameters that the page has."""
    return tuple(dict.fromkeys(state[_BAD])), (*SHARED, *state[_DECLARED])


def finish(shared: Iterable[tuple[str, str]]) -> None:
    """End a run: write the shared values and the page's declared ones to the URL if they changed."""
    state = st.session_state
    target: Raw = {}
    for name, text in shared:
        target.setdefault(name, []).append(text)
    for name, (default, multiple) in state[_DECLARED].items():
        value = state.get(key(name), default)
        value = _clean(value, None, default, multiple=multiple)
        state[_COPY].setdefault(state[_PAGE], {})[name] = value
        if value != default:
            target[name] = (list(value) or [_NOTHING]) if multiple else [value or _NOTHING]
    state[_RAW] = {}
    state[_WRITTEN] = target
    slots = [key(name) for name in (*SHARED, "group", *state[_DECLARED])]
    state[_SNAPSHOT] = {slot: _still(state[slot]) for slot in slots if slot in state}
    # A link from a page to itself (st.page_link) brings its query to the script but not into the address: so a run that
    # is seeded later than the first always writes. The shell's script keeps writes that change nothing out of the
    # history.
    seeded = state[_FRESH] and not state[_FIRST]
    shown = {name: list(st.query_params.get_all(name)) for name in st.query_params}
    if shown != target:
        state[_REPLACED] = [*state.get(_REPLACED, []), shown][-_MOST_REPLACED:]
    if seeded or shown != target:
        st.query_params.from_dict(target)


def link(page_id: str, ctx: Context, **params: str | Sequence[str] | None) -> str:
    """Return the in-app address of a page with the shared state: `/town?lang=zh&town=mengxiang`."""
    if page_id == "sources":
        _cite(params)
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    path = "/".join(part for part in (base, "" if page_id == DEFAULT_PAGE else page_id) if part)
    return f"/{path}?{urlencode(pairs(ctx, **params))}"


def _cite(params: Mapping[str, str | Sequence[str] | None]) -> None:
    """Note what a link to the sources page leads to: a printed page lists it at its foot."""
    # A dict keeps the order and each only once.
    cited: dict[tuple[str, str], None] | None = st.session_state.get(_CITED)
    if cited is not None:
        cited.update(dict.fromkeys(pair for pair in _flat(params) if pair[0] in ("claim", "source")))


def cited() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of the claims and of the sources that links of this run lead to, in order."""
    pairs = st.session_state.get(_CITED, {})
    return tuple(text for name, text in pairs if name == "claim"), tuple(
        text for name, text in pairs if name == "source"
    )


def address(page_id: str, ctx: Context) -> str:
    """Return the in-app address of the running view: what is declared so far, the rest as last written; in one order.

    A page that declares a parameter after it asked has that one as of the run before.
    """
    state = st.session_state
    values: dict[str, Sequence[str]] = {
        name: texts for name, texts in state[_WRITTEN].items() if name not in (*SHARED, *state[_DECLARED])
    }
    for name, (default, multiple) in state[_DECLARED].items():
        value = _clean(state.get(key(name), default), None, default, multiple=multiple)
        if value != default:
            values[name] = (list(value) or [_NOTHING]) if multiple else [value or _NOTHING]
    return link(page_id, ctx, **dict(sorted(values.items())))


def pairs(ctx: Context, **params: str | Sequence[str] | None) -> list[tuple[str, str]]:
    """Return the query of a link as pairs: the shared state, then the page's parameters."""
    return [*ctx.query, *_flat(params)]


def query_of(ctx: Context, **params: str | Sequence[str] | None) -> dict[str, list[str]]:
    """Return the query of a link as a dict of lists, for st.page_link and st.switch_page."""
    query: dict[str, list[str]] = {}
    for name, text in pairs(ctx, **params):
        query.setdefault(name, []).append(text)
    return query


def _flat(params: Mapping[str, str | Sequence[str] | None]) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for name, value in params.items():
        texts = (value,) if isinstance(value, str) else tuple(value or ())
        flat += [(name, text) for text in texts]
    return flat


def _allowed(text: object, allowed: Collection[str] | None) -> bool:
    if not isinstance(text, str) or not text or len(text) > _LONGEST or not text.isprintable():
        return False
    return allowed is None or text in allowed


def _clean(value: Any, allowed: Collection[str] | None, default: Any, *, multiple: bool) -> Any:
    if multiple:
        texts = (value,) if isinstance(value, str) else tuple(value or ())
        return tuple(text for text in texts if _allowed(text, allowed))
    return value if _allowed(value, allowed) else default


def _still(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
