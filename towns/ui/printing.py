"""Pages on paper: A4 without controls, charts whole, what the numbers rest on at the foot.

The head and the list of sources stand in the page all the time and show on paper only.
"""

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Final

import streamlit as st

from towns import repo
from towns.fmt import format_date
from towns.i18n import t
from towns.model import Lang
from towns.sentences.sources import write_source
from towns.store import Database
from towns.theme import TOKENS
from towns.ui import urlstate
from towns.ui.cached import read
from towns.ui.components.takeaway import write_filters
from towns.ui.context import Context

#: Sources listed below a printed page; more are counted.
_MOST: Final = 60
#: What a reader operates: nothing of it has a place on paper. A page says in its words what was chosen.
_CONTROLS: Final = (
    "stSidebar",
    "stHeader",
    "stToolbar",
    "stElementToolbar",
    "stToast",
    "stButton",
    "stButtonGroup",
    "stCheckbox",
    "stDateInput",
    "stDownloadButton",
    "stFileUploader",
    "stLinkButton",
    "stMultiSelect",
    "stNumberInput",
    "stPopover",
    "stRadio",
    "stSelectbox",
    "stSlider",
    "stTextArea",
    "stTextInput",
)
#: A chart keeps its shape and shrinks to the paper where it is wider: `SCRIPT` tells its size on the screen.
#: Cells lose their hatching: a thousand hatched cells make a file of hundreds of megabytes, and browsers break on it.
#: Streamlit wraps each heading in a box of its own; that box, not the heading, is what must stay with the next one.
STYLE: Final = f"""<style>
.towns-print {{ display: none; }}
@page {{ size: A4; margin: 14mm 13mm 16mm; }}
@media print {{
  {", ".join(f"[data-testid={name}]" for name in _CONTROLS)},
  .modebar, .mapboxgl-ctrl, .maplibregl-ctrl, .deck-widget,
  [role=tablist], details:not([open]), .st-key-shell_search, .st-key-shell_hits,
  .st-key-shell_chips, .st-key-deck_file, .st-key-explore_recipe {{ display: none !important; }}
  .towns-print {{ display: block; font-size: .8rem; line-height: 1.5; }}
  .towns-print ol {{ margin: .2rem 0 0; padding-left: 1.6rem; }}
  .st-key-shell_top {{ margin-top: 0; }}
  html, body, [data-testid=stApp], [data-testid=stAppViewContainer], [data-testid=stMain] {{
    background: #fff !important; overflow: visible !important; height: auto !important; position: static !important; }}
  [data-testid=stMainBlockContainer] {{ padding: 0 !important; max-width: none !important; }}
  [data-testid=stElementContainer]:has(.js-plotly-plot), [data-testid=stFullScreenFrame]:has(.js-plotly-plot),
  [data-testid=stPlotlyChart], [data-testid=stPlotlyChart] > div, .js-plotly-plot, .plot-container {{
    height: auto !important; width: 100% !important; break-inside: avoid; }}
  .js-plotly-plot .svg-container {{ width: 100% !important; max-width: var(--towns-width, none) !important;
    height: auto !important; aspect-ratio: var(--towns-ratio, auto); }}
  .js-plotly-plot .main-svg {{ width: 100% !important; height: 100% !important; }}
  [data-testid=stDataFrame] {{ zoom: var(--towns-zoom, 1); break-inside: avoid; }}
  table {{ zoom: var(--towns-zoom, 1); }}
  thead, tr, th, td {{ position: static !important; background-image: none !important; }}
  tbody th {{ min-width: 7em !important; }}
  td {{ min-width: 0 !important; }}
  th, td {{ white-space: normal !important; overflow-wrap: break-word !important; }}
  td.tz-nowrap {{ white-space: nowrap !important; }}
  [class*=st-key-goal_], [data-testid=stDeckGlJsonChart], table tr, figure, h1, h2, h3 {{ break-inside: avoid; }}
  [data-testid=stElementContainer]:has(h1, h2, h3, h4, h5, h6, p > strong:only-child),
  [data-testid=stElementContainer]:has(h2, h3, h4) + :has([data-testid=stCaptionContainer]), h1, h2, h3
  {{ break-after: avoid; }}
  .towns-ink {{ color: {TOKENS["light"].ink} !important; }}
  text.towns-ink {{ fill: {TOKENS["light"].ink} !important; }}
  .towns-blank {{ background: transparent !important; }}
  summary {{ list-style: none; }}
}}
</style>"""
#: Plotly's drawings have a size in pixels; with a view box they scale like a picture. Tables are painted as wide as the
#: screen has room: they shrink to the 695 pixels between the margins. What is light on dark on the screen gets the ink
#: of paper; colours that mean something are darker than that and stay, and maps and tables keep their ground.
SCRIPT: Final = r"""<script>
if (!window.townsPrinting) {
  window.townsPrinting = true;
  const lightness = (colour) => {
    const [red, green, blue, alpha = 1] = (colour.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    return alpha < 0.5 ? null : (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  };
  const whiten = (main) => {
    for (const part of main.querySelectorAll("*")) {
      const { color, fill, backgroundColor } = getComputedStyle(part);
      const ground = lightness(backgroundColor);
      if (ground !== null && ground < 0.2) part.classList.add("towns-blank");
      if (lightness(part.tagName === "text" ? fill : color) > 0.62) part.classList.add("towns-ink");
    }
  };
  const drawings = () => document.querySelectorAll(".js-plotly-plot .svg-container");
  window.addEventListener("beforeprint", () => {
    const main = document.querySelector("[data-testid=stMain]");
    const app = document.querySelector("[data-testid=stApp]");
    if (main && lightness(getComputedStyle(app).backgroundColor) < 0.5) whiten(main);
    for (const table of document.querySelectorAll("[data-testid=stDataFrame], [data-testid=stMain] table")) {
      const width = table.style.width;
      if (table.tagName === "TABLE") table.style.width = "min-content";
      table.style.setProperty("--towns-zoom", Math.min(1, 695 / (table.offsetWidth || 695)));
      table.style.width = width;
    }
    for (const box of drawings()) {
      const { offsetWidth: width, offsetHeight: height } = box;
      if (!width || !height) continue;
      box.style.setProperty("--towns-ratio", `${width} / ${height}`);
      box.style.setProperty("--towns-width", `${width}px`);
      for (const svg of box.querySelectorAll(":scope > .main-svg")) {
        svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      }
    }
  });
  window.addEventListener("afterprint", () => {
    for (const name of ["towns-ink", "towns-blank"]) {
      for (const part of document.querySelectorAll(`.${name}`)) part.classList.remove(name);
    }
    for (const box of drawings()) {
      for (const svg of box.querySelectorAll(":scope > .main-svg")) svg.removeAttribute("viewBox");
    }
  });
}
</script>"""


def draw_head(ctx: Context) -> None:
    """Draw the line above a printed page: whose it is, as of when, which towns, which version."""
    lang = ctx.lang
    as_of = format_date(ctx.as_of, lang) if ctx.as_of else t("shell.everything", lang)
    facts = (
        t("shell.product", lang),
        t("printing.as_of", lang, day=as_of),
        t("printing.filters", lang, filters=write_filters(ctx)),
        t("printing.version", lang, version=ctx.meta.data_version),
    )
    st.html(f'<div class="towns-print">{escape(t("exports.fact_joint", lang).join(facts))}</div>')


def draw_sources(ctx: Context) -> None:
    """Draw the list of sources below a printed page: those that the links of the page led to in this run."""
    claims, sources = urlstate.cited()
    if not (claims or sources):
        return
    names = read(ctx.db, name_sources, as_of=ctx.as_of, lang=ctx.lang, claims=claims, sources=sources)
    lines = "".join(f"<li>{escape(name)}</li>" for name in names[:_MOST])
    more = t("printing.more", ctx.lang, n=len(names) - _MOST) if len(names) > _MOST else ""
    st.html(
        f'<div class="towns-print"><strong>{escape(t("printing.sources", ctx.lang))}</strong><ol>{lines}</ol>'
        f"{escape(more)}</div>"
    )


def name_sources(
    db: Database, *, as_of: date | None, lang: Lang, claims: Sequence[str], sources: Sequence[str]
) -> tuple[str, ...]:
    """Return the sources of claims, and those named themselves, in words, each once, ordered by id."""
    found = set(sources)
    if claims:
        found |= {claim.source_id for claim in repo.list_claims(db, as_of=as_of, observation_ids=list(claims))}
    by_id = {source.source_id: source for source in repo.list_sources(db, as_of=as_of)}
    return tuple(write_source(lang, by_id[name], name) for name in sorted(found) if name in by_id)
