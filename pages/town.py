"""One town: what is known of it, from which source, and where sources differ."""

from towns.ui import page
from towns.ui.components import town as view

ctx = page.begin("town")
chosen = page.state("town", allowed=view.list_ids(ctx))
choices = view.get_choices(ctx)
if chosen is None:
    view.show_choices(ctx, choices)
else:
    view.show_town(ctx, chosen, choices)
