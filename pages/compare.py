"""Two to six towns with each other, or one town with fair peers: only figures of the same period and scope."""

from towns.ui import page
from towns.ui.components import compare as draw
from towns.ui.components import compare_peers as draw_peers

ctx = page.begin("compare")
options = draw.get_options(ctx)
mode = page.state("by", allowed=draw.MODES, default="towns")
chosen = page.state(
    "town",
    allowed=[option.town_id for option in options],
    default=draw.get_default(ctx),
    multiple=True,
    signature=options,
)
lenses = page.state("lens", allowed=draw_peers.LENSES, default=draw_peers.BASE_LENSES, multiple=True)

if mode == "peers":
    draw_peers.show(ctx, options, chosen, lenses)
else:
    draw.show(ctx, options, chosen)
