"""The list of one's own slides, put in order by dragging or by keys: a small piece of plain JavaScript.

    told = show_list(rows, words, chosen=3)
    told.order     # ids as the reader has just left them, or None
    told.picked    # the id of the row to work on, or None
    told.removed   # the id of the row to take out, or None

Texts reach the browser as data and are set as text, never as HTML.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import streamlit as st

_HTML: Final = """
<ol class="deck-rows"></ol>
<p class="deck-said" role="status" aria-live="polite"></p>
"""

#: The theme's own variables: the list follows light and dark by itself.
_CSS: Final = """
.deck-rows { list-style: none; margin: 0; padding: 0; }
.deck-row {
  display: flex; align-items: center; gap: 0.5rem; padding: 0.35rem 0.5rem; margin: 0 0 0.25rem;
  border: 1px solid var(--st-border-color); border-radius: 6px; background: var(--st-background-color);
  color: var(--st-text-color); font-family: var(--st-font); font-size: 0.95rem; cursor: grab;
}
.deck-row.heading { background: var(--st-secondary-background-color); font-weight: 600; }
.deck-row.chosen { border-color: var(--st-primary-color); box-shadow: inset 3px 0 0 var(--st-primary-color); }
.deck-row:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
.deck-row.dragged { opacity: 0.5; }
.deck-row.before { border-top: 3px solid var(--st-primary-color); }
.deck-row.after { border-bottom: 3px solid var(--st-primary-color); }
.deck-grip { flex: none; user-select: none; letter-spacing: -0.2em; padding-right: 0.3em; }
.deck-number { flex: none; min-width: 1.6em; text-align: right; font-variant-numeric: tabular-nums; }
.deck-text { flex: 1; min-width: 0; }
.deck-title, .deck-view { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.deck-view { font-size: 0.8rem; opacity: 0.8; }
.deck-row button {
  flex: none; min-width: 2rem; min-height: 2rem; border: 1px solid transparent; border-radius: 4px; cursor: pointer;
  background: transparent; color: inherit; font: inherit;
}
.deck-row button:hover:enabled, .deck-row button:focus-visible { border-color: var(--st-border-color); }
.deck-row button:disabled { opacity: 0.3; cursor: default; }
.deck-said { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
@media print { .deck-grip, .deck-row button { display: none; } .deck-row { break-inside: avoid; } }
@media (max-width: 480px) { .deck-grip { display: none; } .deck-row { gap: 0.35rem; padding-left: 0.25rem; } }
"""

_JS: Final = """
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const list = parentElement.querySelector(".deck-rows");
  const said = parentElement.querySelector(".deck-said");
  if (!list || !data) return;
  const words = data.words;
  const focused = list.contains(list.getRootNode().activeElement) ? list.getRootNode().activeElement : null;
  const kept = focused ? focused.closest("li")?.dataset.id : null;
  let dragged = null;

  const rows = () => Array.from(list.children);
  const number = () => {
    let slide = 0;
    rows().forEach((row, place, all) => {
      const heading = row.classList.contains("heading");
      if (!heading) slide += 1;
      row.querySelector(".deck-number").textContent = heading ? "" : String(slide);
      row.querySelector("[data-act=up]").disabled = place === 0;
      row.querySelector("[data-act=down]").disabled = place === all.length - 1;
    });
  };
  const tell = () => setTriggerValue("order", rows().map((row) => Number(row.dataset.id)));
  const say = (row) => {
    const place = String(rows().indexOf(row) + 1);
    said.textContent = words.said.replace("{place}", place).replace("{n}", String(rows().length));
  };
  const step = (row, by) => {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (by < 0) list.insertBefore(row, other); else list.insertBefore(other, row);
    number(); say(row); row.focus(); tell();
  };
  const clear = () => rows().forEach((row) => row.classList.remove("before", "after", "dragged"));
  const over = (row, event) => {
    const box = row.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2 ? "before" : "after";
  };
  const button = (act, sign, label) => {
    const made = document.createElement("button");
    made.type = "button"; made.dataset.act = act; made.textContent = sign; made.title = label;
    made.setAttribute("aria-label", label);
    return made;
  };
  const part = (name, text) => {
    const made = document.createElement("span");
    made.className = name; made.textContent = text;
    return made;
  };
  const draw = (item) => {
    const row = document.createElement("li");
    row.className = "deck-row";
    row.classList.toggle("heading", item.kind === "heading");
    row.classList.toggle("chosen", item.id === data.chosen);
    row.dataset.id = String(item.id);
    row.draggable = true; row.tabIndex = 0;
    if (item.id === data.chosen) row.setAttribute("aria-current", "true");
    const grip = part("deck-grip", "\\u22EE\\u22EE"); grip.setAttribute("aria-hidden", "true");
    const text = part("deck-text", "");
    text.append(part("deck-title", item.title));
    if (item.view) text.append(part("deck-view", item.view));
    row.append(grip, part("deck-number", ""), text, button("up", "\\u2191", words.up + words.colon + item.title),
      button("down", "\\u2193", words.down + words.colon + item.title),
      button("edit", "\\u270E", words.edit + words.colon + item.title),
      button("remove", "\\u2715", words.remove + words.colon + item.title));
    return row;
  };
  const said_before = said.textContent;
  list.replaceChildren(...data.rows.map(draw));
  number();
  said.textContent = said_before;
  if (kept) list.querySelector('li[data-id="' + kept + '"]')?.focus();

  list.onclick = (event) => {
    const hit = event.target.closest("button");
    const row = event.target.closest("li");
    if (!row) return;
    const id = Number(row.dataset.id);
    const act = hit ? hit.dataset.act : "edit";
    if (act === "up") step(row, -1);
    else if (act === "down") step(row, 1);
    else if (act === "remove") setTriggerValue("removed", id);
    else setTriggerValue("picked", id);
  };
  list.onkeydown = (event) => {
    const row = event.target.closest("li");
    if (!row) return;
    const up = event.key === "ArrowUp", down = event.key === "ArrowDown";
    if (!up && !down && !(event.key === "Enter" && event.target === row)) return;
    event.preventDefault(); event.stopPropagation();
    if (event.key === "Enter") setTriggerValue("picked", Number(row.dataset.id));
    else if (event.altKey) step(row, up ? -1 : 1);
    else (up ? row.previousElementSibling : row.nextElementSibling)?.focus();
  };
  list.ondragstart = (event) => {
    dragged = event.target.closest("li");
    if (!dragged) return;
    dragged.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.id);
  };
  list.ondragover = (event) => {
    const row = event.target.closest("li");
    if (!dragged || !row) return;
    event.preventDefault();
    rows().forEach((each) => each.classList.remove("before", "after"));
    if (row !== dragged) row.classList.add(over(row, event));
  };
  list.ondrop = (event) => {
    const row = event.target.closest("li");
    if (!dragged || !row || row === dragged) return;
    event.preventDefault();
    list.insertBefore(dragged, over(row, event) === "before" ? row : row.nextElementSibling);
    const moved = dragged;
    clear(); number(); say(moved); tell();
  };
  list.ondragend = () => { clear(); dragged = null; };
}
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: `view` is the second, smaller text of a slide."""

    row_id: int
    kind: Literal["heading", "slide"]
    title: str
    view: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the reader has just done: at most one of the three."""

    order: tuple[int, ...] | None = None
    picked: int | None = None
    removed: int | None = None


def show_list(lines: Sequence[Line], words: Mapping[str, str], *, chosen: int | None) -> Told:
    """Draw the list and return what was done to it; `words` are its labels in the reader's language."""
    mount = st.components.v2.component("towns_deck_list", html=_HTML, css=_CSS, js=_JS)
    rows = [{"id": line.row_id, "kind": line.kind, "title": line.title, "view": line.view} for line in lines]
    result = mount(
        key="deck_list",
        data={"rows": rows, "words": dict(words), "chosen": chosen},
        on_order_change=lambda: None,
        on_picked_change=lambda: None,
        on_removed_change=lambda: None,
    )
    return read_told(result.get("order"), result.get("picked"), result.get("removed"))


def read_told(order: Any, picked: Any, removed: Any) -> Told:
    """Return what a browser sent as ids; anything else is nothing."""
    is_order = isinstance(order, list) and all(_is_id(item) for item in order)
    return Told(
        order=tuple(int(item) for item in order) if is_order and order else None,
        picked=int(picked) if _is_id(picked) else None,
        removed=int(removed) if _is_id(removed) else None,
    )


def _is_id(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()
