"""The style of the trends page: choices, tables, small panels and the legend, on screen and phone."""

from typing import Final

#: What is chosen stands in ink: white on the accent, and the accent on its own tint, have too little contrast.
#: On a phone each row of a table is a card whose cells carry their column's name; a panel fills the width.
PAGE_STYLE: Final = """<style>
.st-key-q_entity span:has(> span[title]), .st-key-q_metric span:has(> span[title]),
.st-key-q_focus span:has(> span[title]) {background:transparent;border:1px solid currentColor}
.st-key-q_entity span:has(> span[title]), .st-key-q_entity span:has(> span[title]) *,
.st-key-q_metric span:has(> span[title]), .st-key-q_metric span:has(> span[title]) *,
.st-key-q_focus span:has(> span[title]), .st-key-q_focus span:has(> span[title]) * {color:inherit}
.st-key-q_period button, .st-key-q_marks button, .st-key-q_measure button, .st-key-q_by button {color:inherit}
.tr-growth {border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
.tr-growth th, .tr-growth td {text-align:left;vertical-align:top;padding:.35rem 1rem .35rem 0;
border-bottom:1px solid rgba(128,128,128,.25)}
.tr-growth thead th {opacity:.8;font-weight:500;white-space:nowrap}
.tr-growth tbody th {font-weight:400}
.tr-growth td {overflow-wrap:anywhere}
.tr-growth a, .tr-growth .tr-when {white-space:nowrap}
.tr-growth .tw-muted {display:block}
.tr-long {max-height:32rem;overflow:auto}
.tr-panel-head {margin:.25rem 0 0;overflow-wrap:anywhere}
.tr-panel-head strong {font-weight:600}
.tr-small {display:grid;grid-template-columns:repeat(auto-fill,minmax(15.5rem,1fr));gap:.75rem 1.25rem}
.tr-small figure {margin:0;min-width:0}
.tr-picture {position:relative}
.tr-picture img {display:block;width:100%;height:auto}
.tr-picture .tr-spot {position:absolute;width:1.5rem;height:1.5rem;margin:-.75rem 0 0 -.75rem;
border:0;border-radius:50%}
.tr-roster {columns:16rem;column-gap:1.5rem;margin:.25rem 0 .75rem;padding:0;list-style:none}
.tr-roster li {break-inside:avoid;padding:.12rem 0 .12rem 2.6rem;text-indent:-2.6rem;overflow-wrap:anywhere}
.tr-roster.tr-plain li {padding-left:1.1rem;text-indent:-1.1rem}
.tr-roster li > * {text-indent:0}
.tr-swatch {display:inline-block;width:1.1rem;text-indent:0}
.tr-number {display:inline-block;width:1.5rem;box-sizing:border-box;text-align:right;padding-right:.4rem;
white-space:nowrap;opacity:.85;font-variant-numeric:tabular-nums}
.tr-roster .tr-out {font-weight:600}
.tr-roster .tw-muted {white-space:nowrap}
@media (max-width:640px) {
.tr-growth thead {position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.tr-growth tr {display:grid;grid-template-columns:1fr;padding:.5rem 0;border-bottom:1px solid rgba(128,128,128,.4)}
.tr-growth th, .tr-growth td {border:0;padding:.1rem 0}
.tr-growth tbody th {font-weight:600}
.tr-growth td.tr-none {display:none}
.tr-growth td::before {content:attr(data-label);display:inline-block;min-width:6.5rem;padding-right:.4rem;opacity:.8}
}
</style>"""
