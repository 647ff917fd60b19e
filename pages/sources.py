"""The sources page: where every number leads, and what is missing."""

from towns import repo
from towns.ui import page
from towns.ui.cached import read
from towns.ui.components import sources as draw
from towns.views.sources import build_sources

ctx = page.begin("sources")
claim_ids = page.state("claim", allowed=None, multiple=True)
source_id = page.state("source", allowed=None) or ""
towns = read(ctx.db, repo.list_towns, as_of=ctx.as_of)
view = read(
    ctx.db,
    build_sources,
    as_of=ctx.as_of,
    today=ctx.today,
    town_ids=ctx.filters.ids(towns) if ctx.filters.active else None,
    claim_ids=claim_ids,
    source_id=source_id,
)

draw.show_opening(ctx, view)
if view.claims:
    draw.show_back(ctx, view.claims)
    draw.show_claims(ctx, view.claims)
elif view.source:
    draw.show_back(ctx)
    draw.show_source(ctx, view.source)
elif view.listing:
    draw.show_listing(ctx, view.listing)
