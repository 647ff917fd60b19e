"""The field for a file: a small piece of plain JavaScript, in the reader's language, that sends only small files.

given = ask_file(words)     # None, or what was just given: a deck, or with `accept` and `most` another kind of file
given.data                  # its bytes; None where it is larger than such a file can be
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from towns.decks.files import LARGEST

_HTML: Final = """
<label class="deck-file">
  <span class="deck-file-word"></span>
  <input type="file">
</label>
"""

_CSS: Final = """
.deck-file {
  display: inline-flex; align-items: center; min-height: 2.5rem; padding: 0 0.75rem; cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: 6px; background: var(--st-background-color);
  color: var(--st-text-color); font-family: var(--st-font); font-size: 0.875rem; position: relative;
}
.deck-file:hover, .deck-file:focus-within { border-color: var(--st-primary-color); }
.deck-file:focus-within { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
.deck-file input { position: absolute; inset: 0; opacity: 0; cursor: pointer; width: 100%; }
.deck-file.over { border-style: dashed; border-color: var(--st-primary-color); }
"""

_JS: Final = """
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const box = parentElement.querySelector(".deck-file");
  const input = box?.querySelector("input");
  if (!input || !data) return;
  box.querySelector(".deck-file-word").textContent = data.words.load;
  input.accept = data.accept;
  input.onchange = async () => {
    const file = input.files[0];
    if (!file) return;
    let content = null;
    if (file.size <= data.most) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      let text = "";
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
      content = btoa(text);
    }
    // The same file can be given again after it was mended.
    input.value = "";
    setTriggerValue("given", { name: file.name.slice(0, 120), content });
  };
  box.ondragover = () => box.classList.add("over");
  box.ondragleave = box.ondrop = () => box.classList.remove("over");
}
"""


@dataclass(frozen=True, slots=True)
class Given:
    """A file's name and bytes; None for one that is too large."""

    name: str
    data: bytes | None


def ask_file(
    words: Mapping[str, str], *, key: str = "deck_file", accept: str = ".yml,.yaml", most: int = LARGEST
) -> Given | None:
    """Draw the field and return the file that was just given, None in every other run; `most` is in bytes."""
    mount = st.components.v2.component("towns_deck_file", html=_HTML, css=_CSS, js=_JS)
    data = {"words": dict(words), "most": most, "accept": accept}
    result = mount(key=key, data=data, width="content", on_given_change=lambda: None)
    return read_given(result.get("given"), most)


def read_given(told: Any, most: int = LARGEST) -> Given | None:
    """Return what a browser sent as a file of at most so many bytes; None where it is none."""
    if not isinstance(told, Mapping):
        return None
    name = "".join(sign for sign in str(told.get("name") or "") if sign.isprintable())[:120]
    content = told.get("content")
    if not isinstance(content, str) or len(content) > 2 * most:
        return Given(name, None)
    try:
        return Given(name, b64decode(content, validate=True))
    except (Error, ValueError):
        return None
