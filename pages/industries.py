"""Industries: filter by class, place, status and batch at once; classes, batches, concentration, a goal."""

from towns import repo
from towns.ui import filters, page
from towns.ui.cached import read
from towns.ui.components import industries as draw

ctx = page.begin("industries")
tab = page.state("tab", allowed=draw.TABS, default=draw.TABS[0])
metrics = draw.get_metrics(ctx)
default = metrics[0].indicator_id if metrics else None
metric = page.state("metric", allowed=[item.indicator_id for item in metrics], default=default) or ""
year = page.state("year", allowed=draw.get_years(ctx), signature=metric)
lists = draw.get_lists(ctx)
chosen = page.state("list", allowed=lists, default=lists[0] if lists else None) or ""
towns = read(ctx.db, repo.list_towns, as_of=ctx.as_of)
town = page.state("town", allowed=[item.town_id for item in towns]) or ""
filters.narrow_by("town")

choice = draw.Choice(tab=tab, metric=metric, year=int(year) if year else None, list_code=chosen, town=town)
draw.show_page(ctx, choice, metrics, towns)
