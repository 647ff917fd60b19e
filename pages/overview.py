"""The overview: how both plans stand, the province's numbers, what needs attention."""

from towns import repo
from towns.ui import page
from towns.ui.cached import read
from towns.ui.components import overview as draw
from towns.views.overview import build_overview

ctx = page.begin("overview")
towns = read(ctx.db, repo.list_towns, as_of=ctx.as_of)
view = read(
    ctx.db,
    build_overview,
    as_of=ctx.as_of,
    today=ctx.today,
    town_ids=ctx.filters.ids(towns) if ctx.filters.active else None,
)

draw.show_first_screen(ctx, view)
draw.show_rest(ctx, view)
