"""The stage: previous, current and next slide stand in the page, a script of ours turns them (`static/stage.js`).

    play(ctx, deck, at=3, room="zhejiang")

Each of the three slots is a fragment of its own: only one whose slide changed is drawn again. The script shows a
prepared slide at once and then says which slide is current; Python fills the slots around it. The rest of the deck is
prepared in the background, so that a jump finds its chart ready.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import plotly.graph_objects as go
import streamlit as st
import structlog

from towns.decks import Deck, Slide
from towns.decks.views import full_view
from towns.errors import TownsError
from towns.exports.slides import PICTURE_HEIGHT, SlideContent, compose
from towns.exports.stage import stage_figure
from towns.i18n import t
from towns.settings import get_settings
from towns.ui import logs, page, stagehand
from towns.ui.components import present_slide
from towns.ui.components.present_style import stage_style
from towns.ui.context import Context

_LOG: Final = structlog.get_logger("towns.ui")
_STATIC: Final = Path(__file__).resolve().parents[1] / "static"
_SLOTS: Final = 3
_KEYS: Final = "stage_keys"
#: Which slide each slot holds; which it shall hold, as the last key asked; whether the last whole run came to its end,
#: without which no fragment can be run again alone.
_HELD: Final = "_stage_held"
_WANTED: Final = "_stage_wanted"
_WHOLE: Final = "_stage_whole"
_CHART: Final[dict[str, Any]] = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False}


@dataclass(frozen=True)
class Show:
    """A deck on its way: its slides with their sections, in one language, seen from one context."""

    ctx: Context
    deck: Deck
    role: str
    auto: int
    #: What names the deck with its subject: tabs with one room turn together.
    room: str

    @property
    def slides(self) -> tuple[tuple[str, Slide], ...]:
        """Return each slide with the title of its section."""
        lang = self.ctx.lang
        return tuple((section.title.pick(lang), slide) for section in self.deck.sections for slide in section.slides)

    def view(self, number: int) -> str:
        """Return the view of a slide (from 1) in the reader's language, as-of day and unit.

        The reader's filters stay out: a slide is a saved view with filters of its own.
        """
        ctx = self.ctx
        unit = next((value for name, value in ctx.query if name == "unit"), "")
        return full_view(self.slides[number - 1][1].view, lang=ctx.lang, as_of=ctx.as_of, unit=unit)


def play(show: Show, at: int) -> None:
    """Draw the stage at slide `at` (from 1): the key piece first, then the current slide, then its neighbours."""
    ctx, total = show.ctx, len(show.slides)
    st.session_state[_HELD] = {}
    st.session_state[_WHOLE] = False
    order = (*around(at, total), *range(1, total + 1))
    views = dict.fromkeys(show.view(number) for number in order)
    stagehand.prepare(tuple(views), get_settings(), ctx.theme_type)
    st.html(stage_style(ctx.theme_type))
    with st.container(key="stage"):
        boxes = [st.container(key=f"stage_slot_{place}") for place in range(_SLOTS)]
        with st.container(key="stage_top"):
            _mount(show, at)
        wanted = st.session_state[_WANTED] = {slot_of(number): number for number in around(at, total)}
        for place in (*wanted, *(set(range(_SLOTS)) - set(wanted))):
            with boxes[place]:
                _slot(show, place)
    st.session_state[_WHOLE] = True


def around(at: int, total: int) -> tuple[int, ...]:
    """Return the slides that stand in the page, the most wanted first: this one, the next, the one before."""
    return tuple(number for number in (at, at + 1, at - 1) if 1 <= number <= total)


def slot_of(number: int) -> int:
    """Return the slot of a slide; neighbours never share one."""
    return (number - 1) % _SLOTS


def _mount(show: Show, at: int) -> None:
    lang, slides = show.ctx.lang, show.slides
    component = st.components.v2.component(
        "towns_stage", html=_read("stage.html"), css=_read("stage.css"), js=_read("stage.js")
    )
    component(
        key=_KEYS,
        data={
            "slide": at,
            "total": len(slides),
            "role": show.role,
            "auto": show.auto,
            "room": show.room,
            "titles": [slide.title.pick(lang) or t("present.slide_number", lang, n=n) for n, (_, slide) in
                       enumerate(slides, 1)],
            "sections": [section for section, _ in slides],
            "notes": [slide.notes.pick(lang) for _, slide in slides] if show.role == "speaker" else [],
            "words": {name: t(f"present.stage_{name}", lang) for name in _WORDS},
        },
        on_at_change=lambda: _turn(show),
        on_leave_change=_leave,
    )  # fmt: skip


#: Words that the script says; their keys are present.stage_<name>.
_WORDS: Final = (
    "stage", "back", "next", "offline", "waiting", "turn", "reset", "no_notes", "now", "then", "last", "clock",
    "elapsed", "black", "paused",
)  # fmt: skip


def _read(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


def _turn(show: Show) -> None:
    """Draw the slots that do not hold what belongs around the current slide; nothing else runs.

    Where a key came before the page was whole, the page runs once more, at the slide that the address names by now.
    """
    if not st.session_state.get(_WHOLE):
        return
    told = st.session_state[_KEYS].get("at") or {}
    total = len(show.slides)
    number = min(max(int(told.get("number", 1)), 1), total)
    held: dict[int, int] = st.session_state[_HELD]
    wanted = {slot_of(near): near for near in around(number, total)}
    st.session_state[_WANTED] |= wanted
    stale = [place for place, near in wanted.items() if held.get(place) != near]
    st.rerun([_fragment_key(place) for place in stale or [slot_of(number)]])


def _leave() -> None:
    """Go back to the list of decks."""
    page.put(play=None, role=None, slide=None)


def _fragment_key(place: int) -> str:
    return f"stage_fragment_{place}"


def _slot(show: Show, place: int) -> None:
    """Draw one slot as a fragment; in later runs of it alone it takes the slide that was asked for last.

    The whole run waits for nothing: a slide whose page was not run yet stays empty, and the script asks for it.
    """

    @st.fragment(key=_fragment_key(place))
    def draw() -> None:
        wanted: int | None = st.session_state[_WANTED].get(place)
        held: dict[int, int] = st.session_state[_HELD]
        held.pop(place, None)
        if wanted is None:
            return
        if st.session_state[_WHOLE] or stagehand.is_ready(show.view(wanted), get_settings(), show.ctx.theme_type):
            _draw_slide(show, place, wanted)
            held[place] = wanted

    draw()


def _draw_slide(show: Show, place: int, number: int) -> None:
    """Draw a slide into its slot; one that cannot be drawn says so, and the others go on."""
    section, slide = show.slides[number - 1]
    lang = show.ctx.lang
    picture = alt = body = ""
    try:
        content = get_content(show, number)
        figure = _figure(show.ctx, content)
        picture = content.piece.picture if content.piece is not None else ""
        head = present_slide.head_html(content)
        foot = present_slide.foot_html(content)
        alt = content.headline.plain or content.title
        body = _body(show.ctx, content, named=bool(slide.part))
    except Exception as error:
        reason = error.text(lang) if isinstance(error, TownsError) else ""
        if not reason:
            _LOG.exception("slide not drawn", error_id=logs.new_error_id())
        figure, picture = None, ""
        title = slide.title.pick(lang) or t("present.slide_number", lang, n=number)
        head = present_slide.failed_head_html(section, title, number)
        foot = present_slide.failed_foot_html(number, len(show.slides))
        body = present_slide.text_html(t("present.failed", lang), *((reason,) if reason else ()))
    with st.container(gap=None):
        st.html(head)
        with st.container(key=f"stage_body_{place}", gap=None):
            if figure is not None:
                key = f"stage_chart_{number}"
                st.plotly_chart(figure, theme=None, config=_CHART, key=key, alt=alt)
            elif picture:
                _picture(number, picture, alt)
            else:
                st.html(body)
        st.html(foot)


def _picture(number: int, svg: str, alt: str) -> None:
    """Draw a picture of ours inline: st.html lets no SVG through, and an image has no text that can be selected."""
    component = st.components.v2.component(
        "towns_stage_picture",
        html='<div class="stage-picture"></div>\n',
        js=_read("stage_picture.js"),
        isolate_styles=False,
    )
    component(
        key=f"stage_picture_{number}",
        data={"svg": present_slide.name_apart(svg, f"s{number}"), "label": alt},
    )


def _figure(ctx: Context, content: SlideContent) -> go.Figure | None:
    """Return the chart of a slide in type for a hall, which fills its place on any wall; None where it has none."""
    if content.piece is None or content.piece.figure is None:
        return None
    figure = stage_figure(content.piece.figure, ctx.lang, ctx.theme_type)
    figure.update_layout(height=PICTURE_HEIGHT, width=None, autosize=True)
    return figure


def _body(ctx: Context, content: SlideContent, *, named: bool) -> str:
    """Return what a slide without chart and picture shows: a table, or a sentence; `named`: it asks for one part."""
    piece, lang = content.piece, ctx.lang
    if piece is None:
        return present_slide.text_html(t("present.no_part" if named else "present.nothing", lang))
    if piece.table.rows:
        return present_slide.table_html(piece.table, lang)
    return present_slide.text_html(t("common.no_rows", lang))


def get_content(show: Show, number: int) -> SlideContent:
    """Return what a slide shows; TownsError where its page gives nothing."""
    section, slide = show.slides[number - 1]
    [material] = stagehand.gather_views([show.view(number)], get_settings(), show.ctx.theme_type)
    if isinstance(material, TownsError):
        raise material
    return compose(slide, section, material, number=number, total=len(show.slides))
