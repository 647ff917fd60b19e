"""Towns counted and added up as findings: how many a class or city has, the known sum of their figures and its change.

A sum is that of the towns with a figure, with the interval that bounded claims leave: never an estimate for the rest.
"""

from towns.fmt import format_period
from towns.i18n import t
from towns.model import Interval
from towns.sentences.findings_model import Finding, Roll, Sum, Telling
from towns.sentences.findings_words import Writer, cut, cut_interval, indicator_name


def write_roll(roll: Roll, telling: Telling) -> Finding:
    """Return how many towns of the list belong to a class or a city, by status; neither list nor classes are sure."""
    writer = Writer("total" if roll.count else "unknown", telling)
    kind = "class" if roll.is_class else "city"
    if not roll.count:
        writer.say(f"roll_{kind}_none", group=roll.group, day=roll.day)
        return writer.finish()
    writer.say(f"roll_{kind}", group=roll.group, day=roll.day, count=writer.count(roll.count))
    joint = writer.phrase("list_joint")
    items = [
        writer.phrase("roll_item", status=t(f"town.status_{status}", telling.lang).lower(), count=writer.count(count))
        for status, count in roll.by_status
    ]
    if items:
        writer.say("roll_status", items=joint.join(items))
    if roll.inferred:
        writer.say("roll_inferred", count=writer.count(roll.inferred))
    writer.say("roll_open")
    return writer.finish()


def write_sum(total: Sum, telling: Telling) -> Finding:
    """Return the known sum of a class in one year, and how many of its towns have the figure."""
    writer = Writer("total", telling)
    _say_sum(writer, total)
    return writer.finish(indicator_id=total.indicator.indicator_id, period=total.year)


def write_sum_growth(total: Sum, telling: Telling) -> Finding:
    """Return the change of a sum of the same towns from the year before; `total.growth` must be known."""
    writer = Writer("yoy", telling)
    growth = total.growth
    if growth is None:
        raise ValueError("a sum without growth has no change")
    writer.say(
        "sum_pairs",
        group=total.group,
        year=format_period(total.year, telling.lang),
        name=indicator_name(total.indicator, telling.lang),
        pairs=writer.count(total.pairs, "coverage"),
    )
    ids = total.pair_ids
    if growth.value is None:
        span = cut_interval(growth.interval)
        writer.around("sum_range", writer.bounds(span, "pct", "change", claim_ids=ids, method="growth"))
        return writer.finish(indicator_id=total.indicator.indicator_id, period=total.year)
    value = cut(growth.value)
    if value == 0:
        writer.say("sum_same", link=ids)
        writer.note(value, "pct", "change", "growth", ids)
    else:
        number = writer.number(abs(value), "pct", "change", claim_ids=ids, method="growth")
        writer.around("sum_up" if value > 0 else "sum_down", number)
    return writer.finish(indicator_id=total.indicator.indicator_id, period=total.year)


def _say_sum(writer: Writer, total: Sum) -> None:
    interval = Interval(total.low, total.high, total.low_open, total.high_open)
    told = writer.bounds(interval, total.indicator.unit, "value", claim_ids=total.claim_ids, method="sum_of_towns")
    writer.around(
        "sum",
        told,
        group=total.group,
        year=format_period(total.year, writer.lang),
        name=indicator_name(total.indicator, writer.lang),
        known=writer.count(total.known, "coverage"),
    )
    rest = total.members - total.known
    if rest:
        writer.say("sum_rest", rest=writer.count(rest, "coverage"))
