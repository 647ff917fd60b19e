"""The explore page: a table or chart of any indicator, SQL on the data, what is known, what each field means."""

from towns.ui import page
from towns.ui.components import explore as draw

ctx = page.begin("explore")
draw.show_tab(ctx, draw.choose_tab(ctx))
