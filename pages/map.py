"""Where the towns are: class by colour, status by outline, hollow where only the county is known."""

from towns.ui import page
from towns.ui.components import map as draw

ctx = page.begin("map")
names = draw.list_towns(ctx)
selected = page.state("town", allowed=names)
shading = page.state("shade", allowed=draw.SHADINGS, default="none")

view = draw.get_view(ctx)
draw.show_page(ctx, view, names, shading, selected)
