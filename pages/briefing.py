"""A brief of a plan, a city, a class or a town as it will be printed, to take away as DOCX, PDF or HTML."""

from towns.ui import page
from towns.ui.components import briefing as view

ctx = page.begin("briefing")
lead = view.reserve_lead()
subject = view.choose(ctx)
if subject is None:
    view.show_nothing(ctx, lead)
else:
    view.show(ctx, subject, lead)
