"""The styles of the page of industries: only classes of ours, in the page's own ink."""

from typing import Final

STYLE: Final = """<style>
.ind-title{font-weight:600;margin:0;font-size:.95rem}
.ind-note{margin:0;font-size:.875rem;opacity:.85}
.ind-card h3{font-size:1.05rem;margin:0 0 .15rem 0;padding:0;line-height:1.4}
.ind-card p{margin:.1rem 0;font-size:.9rem;line-height:1.55}
.ind-card ul{margin:.2rem 0 0 0;padding-left:1.1rem;font-size:.9rem}
.ind-card li{margin:.1rem 0;line-height:1.5}
.ind-card .ind-k{opacity:.8}
.ind-table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
.ind-table th,.ind-table td{border-bottom:1px solid rgba(128,128,128,.35);padding:.3rem .5rem;text-align:left;
vertical-align:top}
.ind-goal td{white-space:nowrap}
.ind-goal th[scope=row]{font-weight:400;min-width:14em}
.ind-legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.85rem;margin:0}
.ind-legend i{display:inline-block;width:1.1em;height:.9em;margin-right:.35em;vertical-align:-.1em;
border:1px solid rgba(128,128,128,.6)}
@media (max-width:900px){.st-key-ind_lq_box,[class*="st-key-ind_wide_"]{overflow-x:auto}
.st-key-ind_lq_box>div{min-width:900px}[class*="st-key-ind_wide_"]>div{min-width:720px}}
[class*="st-key-ind_bars_"] [data-testid="stPlotlyChart"]{cursor:pointer}
</style>"""
