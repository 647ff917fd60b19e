"""The style of slides on the stage and of the deck cards; sizes on the stage are units of a slide 1080 high."""

from typing import Final

from towns.exports.slides import PICTURE_HEIGHT, SOURCE_MIN, STAGE_HEIGHT, STAGE_WIDTH, TEXT_MIN
from towns.theme import TOKENS, Mode

#: Only keys and classes of ours. The stage lies over the whole window: above the frame's own header and its dialog on a
#: lost connection. What lies under it is made inert by the script. Each part of a slide is scaled by itself: the frame
#: measures the place of a chart, so that stays as large as the chart is drawn, and only the drawing is scaled.
_STAGE: Final = f"""
.st-key-stage {{position:fixed;inset:0;z-index:2000000;overflow:hidden;background:var(--stage-paper);
color:var(--stage-ink);outline:0;--s:1;--x:0px;--y:0px;--w:{STAGE_WIDTH}px}}
.st-key-stage_slot_0, .st-key-stage_slot_1, .st-key-stage_slot_2 {{position:absolute;left:var(--x);top:var(--y);
width:calc(var(--w) * var(--s));max-width:none;height:calc({STAGE_HEIGHT}px * var(--s));visibility:hidden;
overflow:hidden}}
.st-key-stage [data-at="now"], .st-key-stage [data-at="then"] {{visibility:visible}}
.st-key-stage [data-at="then"] {{--s:var(--s-then);--x:var(--x-then);--y:var(--y-then)}}
.st-key-stage [data-at="off"] * {{visibility:hidden!important}}
.stage-head, .stage-picture, .stage-told, .stage-table, .stage-foot,
.st-key-stage [class*="st-key-stage_chart_"] .js-plotly-plot {{transform-origin:0 0;transform:scale(var(--s))}}
.stage-head, .stage-picture, .stage-told, .stage-table, .stage-foot, .st-key-stage [class*="st-key-stage_chart_"]
{{position:absolute;left:calc(60px * var(--s));width:calc(var(--w) - 120px);max-width:none;box-sizing:border-box}}
.stage-picture, .stage-told, .stage-table, .st-key-stage [class*="st-key-stage_chart_"]
{{top:calc(216px * var(--s));height:{PICTURE_HEIGHT}px}}
.st-key-stage [class*="st-key-stage_chart_"], .st-key-stage [class*="st-key-stage_chart_"] > *,
.st-key-stage [data-testid="stPlotlyChart"] {{overflow:visible!important}}
.st-key-stage [class*="st-key-stage_picture_"] {{position:static;overflow:visible}}
.stage-head {{top:calc(20px * var(--s));height:196px;overflow:hidden}}
.stage-head h2 {{margin:0;padding:0;line-height:1.22;font-weight:600;letter-spacing:0}}
.stage-head .stage-section {{font-size:{TEXT_MIN}px;line-height:42px;margin:0;color:var(--stage-accent)}}
.stage-head .stage-line {{margin:0;line-height:1.3}}
.stage-picture svg {{display:block;width:100%;height:100%}}
.stage-foot {{top:calc(976px * var(--s));height:104px;display:flex;gap:40px;align-items:flex-end;
justify-content:space-between;padding-bottom:8px}}
.stage-foot p {{margin:0}}
.stage-source {{font-size:{SOURCE_MIN}px;line-height:1.2;opacity:.85;display:-webkit-box;-webkit-box-orient:vertical;
-webkit-line-clamp:2;overflow:hidden}}
.stage-number {{font-size:{TEXT_MIN}px;line-height:1.2;white-space:nowrap;font-variant-numeric:tabular-nums}}
.stage-told {{display:flex;flex-direction:column;gap:24px;justify-content:center;
text-align:center;padding:0 200px}}
.stage-told p {{font-size:44px;line-height:1.5;margin:0}}
.stage-told p + p {{font-size:34px}}
.stage-table {{overflow:hidden}}
.stage-table table {{border-collapse:collapse;width:100%;font-size:33px;line-height:1.25;
font-variant-numeric:tabular-nums}}
.stage-table th, .stage-table td {{text-align:left;padding:14px 40px 14px 0;border:0;vertical-align:top;
border-bottom:1.5px solid rgba(128,128,128,.45)}}
.stage-table th {{font-weight:600;font-size:{TEXT_MIN}px}}
.stage-table td {{display:table-cell}}
.stage-table .stage-short {{white-space:nowrap}}
.stage-table .stage-figure {{text-align:right;padding:14px 20px;white-space:nowrap}}
.stage-unit, .stage-more {{font-size:{TEXT_MIN}px;line-height:44px;margin:0;opacity:.85}}
@media print {{ .st-key-stage {{position:static}} }}
"""


def stage_style(mode: Mode) -> str:
    """Return the style of the stage on the paper of a theme, which the frame tells to no element but its own."""
    tokens = TOKENS[mode]
    inks = f"--stage-paper:{tokens.paper};--stage-ink:{tokens.ink};--stage-accent:{tokens.accent}"
    return f"<style>.st-key-stage {{{inks}}}\n{_STAGE}</style>"


#: Cards of decks: a heading of the page's own size, what is in it in one paragraph.
CARD_STYLE: Final = """<style>
.deck-card h3 {font-size:1.15rem;line-height:1.4;margin:0;padding:0}
.deck-card p {margin:.25rem 0 0;overflow-wrap:anywhere}
.deck-card p + p {font-size:.9rem;opacity:.85}
</style>"""
