"""One indicator over time for several towns or areas: joined only where joining is allowed."""

from towns.ui import page
from towns.ui.components import trends as draw

ctx = page.begin("trends")
metrics = draw.get_metrics(ctx)
metric = page.state("metric", allowed=[item.indicator_id for item in metrics], default=draw.first_metric(metrics))
choices = draw.get_choices(ctx, metric)
entities = page.state(
    "entity",
    allowed=[item.entity_id for item in choices.entities],
    default=choices.default_entities,
    multiple=True,
)
kinds = page.state("period", allowed=choices.kinds, default=choices.default_kinds, multiple=True)
draw.follow_defaults(choices, entities, kinds)

view = draw.get_view(ctx, metric, entities, kinds)
draw.show_opening(ctx, view)
draw.show_controls(ctx, metrics, choices)
draw.show_chart(ctx, view)
draw.show_growth(ctx, view)
draw.show_conflicts(ctx, view)
draw.show_table(ctx, view)
