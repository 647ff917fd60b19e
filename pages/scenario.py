"""The scenario page: which growth would take the latest sourced base to a target, and where a growth would lead."""

from towns.ui import page
from towns.ui.components import scenario as draw

ctx = page.begin("scenario")
choices = draw.get_choices(ctx)
if not choices:
    draw.show_nothing(ctx)
    page.stop()
target_id = page.state("target", allowed=[item.target_id for item in choices], default=choices[0].target_id)
chosen = next(item for item in choices if item.target_id == target_id)
year = page.state("to", allowed=chosen.years, default=chosen.deadline, signature=target_id)
row_ids = draw.get_row_ids(ctx, target_id, year)
growth = page.state("growth", allowed=draw.Growths(row_ids), multiple=True)
every = page.state("all", allowed=draw.Percents()) or ""

view = draw.get_view(ctx, target_id, year, growth, every)
draw.show_opening(ctx, view)
draw.show_choice(ctx, choices, chosen)
if view.rows:
    draw.show_growths(ctx, view, every)
    draw.show_chart(ctx, view)
    draw.show_facts(ctx, view)
    draw.show_tables(ctx, view)
    draw.show_files(ctx, view)
