"""What stands below the charts of the trends page: how values were computed, what is chosen and not drawn, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence

from towns.i18n import pick
from towns.model import Indicator
from towns.sentences.trends import write_list
from towns.views.trends_choices import KINDS
from towns.views.trends_material import Material
from towns.views.trends_measure import Measurer
from towns.views.trends_model import MOST_ENTITIES, MOST_METRICS


def build_notes(m: Material, measurers: Mapping[str, Measurer], refused: Sequence[Indicator]) -> tuple[str, ...]:
    """Return the notes: of the measures, limits, filters, kinds and dates; `refused` are indicators over the limit."""
    notes: list[str] = []
    for metric, measurer in measurers.items():
        own = measurer.notes()
        several = len(measurers) > 1
        notes += [m.say("note_of", name=_name(m, m.by_metric[metric]), text=text) if several else text for text in own]

    def names(entities: Sequence[str]) -> str:
        return write_list([m.names[entity] for entity in entities if entity in m.names], m.lang)

    if refused:
        text = write_list([_name(m, row) for row in refused], m.lang)
        notes.append(m.say("note_metrics", most=MOST_METRICS, names=text))
    if len(m.held) > MOST_ENTITIES:
        notes.append(m.say("note_limit", most=MOST_ENTITIES, names=names(m.held[MOST_ENTITIES:])))
    outside = [entity for entity in m.entities if entity not in m.inside]
    if outside and m.inside:
        notes.append(m.say("note_outside", names=names(outside)))
    visible = {key[0] for key in m.evidence}
    lacking = [entity for entity in m.inside if entity in visible and entity not in m.held]
    if lacking and m.held:
        notes.append(m.say("note_lacking", names=names(lacking)))
    apart = Counter(key[4] for key in m.evidence if key[0] in m.inside and key[4] not in m.kinds)
    if apart and m.held:
        items = [m.say("note_kind", kind=m.say(f"kind_{k}"), count=apart[k]) for k in KINDS if apart[k]]
        notes.append(m.say("note_kinds", items=write_list(items, m.lang)))
    undated = sum(claim.entity_id in m.inside for claim in m.undated)
    if undated:
        notes.append(m.say("note_undated", count=undated))
    return tuple(notes)


def _name(m: Material, indicator: Indicator) -> str:
    return pick(m.lang, indicator.name_zh, indicator.name_en)
