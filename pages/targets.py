"""The targets page: how each goal of both plans stands, on what evidence, and what would decide it."""

from towns import repo
from towns.ui import page
from towns.ui.cached import read
from towns.ui.components import targets as draw
from towns.ui.components.programme import show_goals
from towns.views.targets import list_reading_ids, list_target_ids

ctx = page.begin("targets")
target_ids = read(ctx.db, list_target_ids, as_of=ctx.as_of)
target_id = page.state("target", allowed=target_ids) or ""
reading_ids = read(ctx.db, list_reading_ids, as_of=ctx.as_of, target_id=target_id)
default = reading_ids[0] if reading_ids else None
reading_id = page.state("reading", allowed=reading_ids, default=default, signature=target_id) or ""
verdict = page.state("verdict", allowed=draw.VERDICTS) or ""
towns = read(ctx.db, repo.list_towns, as_of=ctx.as_of)
town_ids = ctx.filters.ids(towns) if ctx.filters.active else None

view = draw.get_view(ctx, target_id, reading_id, town_ids)
draw.show_opening(ctx, view)
for section in view.sections:
    draw.show_plan(ctx, section)
draw.show_own(ctx, view, verdict)
show_goals(ctx)
draw.show_untouched(ctx, view)
draw.show_reach(ctx, view.reach)
draw.scroll_to(target_id)
