"""The style of the table builder: table with fixed heads, refused choices, examples; a phone stacks the rows."""

from functools import cache
from typing import Final

from towns.theme import TOKENS, Mode
from towns.ui.components.common import stacked_css

_STYLE: Final = """<style>
.ex-examples {display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:0 0 .5rem;font-size:.925rem;line-height:1.7}
.ex-examples a, .ex-table a, .st-key-lead_sentence a {color:inherit;text-underline-offset:.22em;
text-decoration-thickness:1px;text-decoration-color:CELADON}
.ex-examples a:hover, .ex-table a:hover {text-decoration-thickness:2px}
.st-key-q_metric span:has(> span[title]) {background:transparent;border:1px solid currentColor}
.st-key-q_metric span:has(> span[title]), .st-key-q_metric span:has(> span[title]) *,
.st-key-q_kind button, .st-key-q_agg button, .st-key-q_tab button {color:inherit}
.ex-refused p {margin:0 0 .2rem;font-size:.875rem}
.ex-refused ul {list-style:none;margin:0;padding:0;font-size:.875rem;line-height:1.7}
.ex-refused li {display:flex;flex-wrap:wrap;gap:.3rem .5rem;align-items:baseline;margin:0 0 .3rem}
.ex-off {border:1px dashed rgba(128,128,128,.8);border-radius:1rem;padding:0 .7rem;text-decoration:line-through;
white-space:nowrap}
.ex-note {margin:.3rem 0 .6rem;padding:0 0 0 1.1rem;font-size:.875rem;line-height:1.65;max-width:70em}
p.ex-note {padding:0}
.ex-h {font-size:1.1rem;font-weight:600;margin:1rem 0 .2rem;padding:0}
.ex-wrap {max-height:38rem;overflow:auto;width:fit-content;min-width:min(100%,34rem);max-width:100%;
border-bottom:1px solid rgba(128,128,128,.35)}
.ex-table {border-collapse:separate;border-spacing:0;font-variant-numeric:tabular-nums;min-width:100%}
.ex-table th, .ex-table td {padding:.35rem .9rem .35rem .5rem;border-bottom:1px solid rgba(128,128,128,.25);
vertical-align:top}
.ex-table th {font-weight:500;text-align:left}
.ex-table td, .ex-table thead th + th {text-align:right}
.ex-table td {white-space:nowrap}
.ex-table td.ex-named {white-space:normal;min-width:15rem}
.ex-table thead th {word-break:keep-all;min-width:4.5rem}
.ex-table thead th {position:sticky;top:0;z-index:2;background:PAPER;color:INK;
border-bottom:1.5px solid rgba(128,128,128,.7)}
.ex-table th:first-child {position:sticky;left:0;z-index:1;background:PAPER;color:INK;min-width:8rem;max-width:22rem}
.ex-table thead th:first-child {z-index:3}
.ex-table tfoot th, .ex-table tfoot td {border-top:1.5px solid rgba(128,128,128,.7);font-weight:600}
.ex-table small {display:block;opacity:.8;font-size:.78rem;font-weight:400}
STACKED
@media (max-width:640px) {
.ex-wrap {max-height:none}
.ex-table th:first-child {position:static}
.ex-table tfoot {display:block}
.ex-table tbody th, .ex-table tfoot th {display:block;font-weight:600;border:0;padding:.1rem 0}
.ex-table td {text-align:left}
.ex-table td.ex-empty {display:none}
}
</style>"""


@cache
def style(mode: Mode) -> str:
    """Return the style in a theme: fixed heads need a ground of their own, so their ink is set with it."""
    tokens = TOKENS[mode]
    words = {"CELADON": TOKENS["light"].celadon, "PAPER": tokens.paper, "INK": tokens.ink}
    text = _STYLE.replace("STACKED", stacked_css(".ex-table"))
    for word, color in words.items():
        text = text.replace(word, color)
    return text
