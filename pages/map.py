"""Where the towns are and what is known of them: class, status or any indicator; areas; what stood on a day."""

from towns.ui import page
from towns.ui.components import map as draw

draw.show_page(page.begin("map"))
