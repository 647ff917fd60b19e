"""Some indicators over time for several towns or areas: joined only where joining is allowed."""

from towns.ui import page
from towns.ui.components import trends as draw

ctx = page.begin("trends")
offered = draw.get_metrics(ctx)
metrics = page.state(
    "metric",
    allowed=[item.indicator_id for item in offered],
    default=draw.first_metric(offered),
    multiple=True,
)
choices = draw.get_choices(ctx, metrics)
entities = page.state(
    "entity",
    allowed=[item.entity_id for item in choices.entities],
    default=choices.default_entities,
    multiple=True,
)
kinds = page.state("period", allowed=choices.kinds, default=choices.default_kinds, multiple=True)
draw.follow_defaults(choices, entities, kinds)
options = draw.get_options(choices, entities)

view = draw.get_view(ctx, metrics, entities, kinds, options)
draw.show_opening(ctx, view)
draw.show_controls(ctx, offered, choices, view)
draw.show_charts(ctx, view)
draw.show_forecast(ctx, metrics, entities)
draw.show_growth(ctx, view)
draw.show_conflicts(ctx, view)
draw.show_table(ctx, view)
