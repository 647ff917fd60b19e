"""The view-model of one town against fair peers: who they are, where it stands, and what a comparison lacks."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from towns import repo
from towns.figures.compare import DotSpec, looks_of
from towns.fmt import format_number, format_period
from towns.i18n import pick, t
from towns.model import Claim, Evidence, Indicator, Lang
from towns.progress.lenses import PeerResult, Step, find_step
from towns.progress.peers import Lens, alike_key
from towns.progress.world import World
from towns.sentences import Sentence
from towns.sentences.compare import (
    Named,
    PeersFound,
    write_alt,
    write_lens_names,
    write_lenses,
    write_need,
    write_peers_opening,
    write_period_title,
    write_position,
)
from towns.sentences.town import write_status
from towns.store import Database
from towns.views.compare import count_figures, list_panel_notes, name_values
from towns.views.compare_material import Material, PeerData, find_size_factor, load_peers
from towns.views.compare_model import Comparison, Line, MetricChoice, Panel, PeerLine, PeersView, StepLine
from towns.views.shared import CONTEXT_TOPIC

_MOST_PANELS: Final = 6
#: The plot of what is known holds so many periods, the newest; the table holds all.
_MOST_PERIODS: Final = 6


def build_peers(
    db: Database, world: World, *, town_id: str, lenses: Sequence[Lens], metric: str, lang: Lang, money: str
) -> PeersView:
    """Return a town against its peers by the chosen lenses; `metric` is drawn with all that is known of it."""
    material = Material(db, world, lang, money)
    return _View(material, town_id, load_peers(material, town_id, lenses)).build(metric)


class _View:
    """Builds one view; lives for one call."""

    def __init__(self, material: Material, town_id: str, data: PeerData) -> None:
        self.m, self.town_id, self.data = material, town_id, data
        self.ladder = data.ladder
        self.looks = looks_of([data.ladder.own.industry_id])
        self.shared = tuple(item for item in data.results if item.comparison.valued or item.comparison.bounded)

    def build(self, metric: str) -> PeersView:
        """Return the whole view."""
        m = self.m
        lines = tuple(line for result in self.shared for line in m.lines((result.own, *result.peers)))
        metrics = self._metrics()
        ids = [item.indicator_id for item in metrics]
        chosen = metric if metric in ids else next(iter(ids), "")
        known, known_lines = self._known(chosen)
        return PeersView(
            opening=self._opening(),
            name=m.name(self.town_id),
            class_note=self._class_note(),
            lenses=self.ladder.chosen,
            lens_notes=self._lens_notes(),
            steps=tuple(self._step(step) for step in self.ladder.steps),
            peers=self._peers(),
            comparisons=tuple(self._comparison(result) for result in self.shared),
            alone=len(self.data.results) - len(self.shared),
            panels=tuple(self._panel(result) for result in self.shared[:_MOST_PANELS]),
            metrics=metrics,
            metric=chosen,
            known=known,
            known_lines=known_lines,
            lines=lines,
            sources=m.sources_of((*lines, *known_lines)),
            notes=self._notes(),
        )

    # -- words ---------------------------------------------------------------------------------------------------

    def _opening(self) -> Sentence:
        m, results = self.m, self.data.results
        made = [result for result in results if result.comparison.median is not None]
        group = made[0].step.group if made else self.ladder.widest
        counts = Counter(result.comparison.position for result in made)
        found = PeersFound(
            name=m.name(self.town_id),
            lenses=group.lenses,
            peers=len(group.peer_ids),
            figures=len(results),
            best=max((len(result.comparison.valued) for result in results), default=0),
            minimum=self.data.minimum,
            higher=counts["higher"],
            similar=counts["similar"],
            lower=counts["lower"],
            open_=counts["not_known"],
        )
        return write_peers_opening(m.lang, found, reason=self._reason(), first=self._first(made))

    def _reason(self) -> str:
        if "class" in self.ladder.unusable:
            return "no_class"
        return "" if self.ladder.steps[0].group.lenses else "no_lens"

    def _first(self, made: Sequence[PeerResult]) -> tuple[Indicator, Claim, Named, str, str] | None:
        if not made:
            return None
        result, m = made[0], self.m
        claim, median = result.own.drawn, result.comparison.median
        own = name_values(m, (result.own,), {})[0]
        word = write_position(m.lang, result.comparison.position)
        return m.indicators[claim.indicator_id], claim, own, word, m.amount(claim, median) if median is not None else ""

    def _class_note(self) -> str:
        widest = self.ladder.widest
        if "class" not in widest.lenses or not widest.industry_id:
            return ""
        notes = []
        if widest.own_inferred:
            notes.append(self.m.say("own_inferred"))
        if widest.inferred:
            notes.append(self.m.say("peers_inferred", n=widest.inferred, count=widest.inferred))
        return "".join(notes) if self.m.lang == "zh" else " ".join(notes)

    def _lens_notes(self) -> tuple[str, ...]:
        """Return what is to be known of the lenses: which cannot be used here, how size and city type are read."""
        m, lang = self.m, self.m.lang
        notes = []
        if self.ladder.unusable and "class" not in self.ladder.unusable:
            notes.append(m.say("lens_unusable", lenses=write_lens_names(lang, self.ladder.unusable)))
        chosen = self.ladder.chosen
        if "size" in chosen:
            known = sum(traits.area is not None for traits in m.traits.values())
            notes.append(
                m.say(
                    "lens_note_size",
                    factor=format_number(find_size_factor(m.world), lang),
                    known=known,
                    total=len(m.traits),
                )
            )
        if "city_type" in chosen:
            notes.append(m.say("lens_note_city_type"))
        if "batch" in chosen:
            notes.append(m.say("lens_note_batch"))
        if "status" in chosen and self.ladder.own.status == "unknown":
            notes.append(m.say("lens_note_status"))
        if len(self.ladder.steps) > 1:
            order = write_lens_names(lang, self.ladder.steps[-1].relaxed)
            notes.append(m.say("lens_note_order", lenses=order, minimum=self.data.minimum))
        return tuple(notes)

    def _step(self, step: Step) -> StepLine:
        peers = set(step.group.peer_ids)
        best = max(
            (len(peers & set(result.comparison.valued)) for result in self.data.results),
            default=0,
        )
        return StepLine(
            lenses=write_lenses(self.m.lang, step.group.lenses),
            relaxed=write_lens_names(self.m.lang, step.relaxed),
            peers=len(peers),
            best=best,
        )

    def _notes(self) -> tuple[str, ...]:
        m = self.m
        notes = [m.say("peers_rule", minimum=self.data.minimum)] if self.shared else []
        if len(self.shared) > _MOST_PANELS:
            rest = len(self.shared) - _MOST_PANELS
            notes.append(m.say("more_panels", n=rest, count=rest))
        undated = m.count_undated((self.town_id, *self.ladder.widest.peer_ids))
        if undated:
            notes.append(m.say("undated", n=undated, count=undated))
        return tuple(notes)

    # -- who they are --------------------------------------------------------------------------------------------

    def _peers(self) -> tuple[PeerLine, ...]:
        """Return all peers: those of the narrowest step first, then by what is known of them."""
        m = self.m
        industries = {row.industry_id: pick(m.lang, row.name_zh, row.name_en) for row in repo.list_industries(m.db)}
        counts = count_figures(m.db, m.world.as_of)
        alike = Counter(
            peer for result in self.shared for peer in (*result.comparison.valued, *result.comparison.bounded)
        )
        found = []
        for peer in self.ladder.widest.peer_ids:
            town, traits = m.towns[peer], m.traits[peer]
            number = find_step(self.ladder, peer) or 0
            relaxed = write_lens_names(m.lang, self.ladder.steps[number].relaxed)
            line = PeerLine(
                town_id=peer,
                name=m.name(peer),
                class_name=industries.get(town.industry_id, m.say("unknown")),
                inferred=traits.inferred,
                status=write_status(town, m.lang, m.world.judged_on),
                batch=self._batches(peer),
                city_type=m.say(f"city_type_{traits.city_type}") if traits.city_type else m.say("unknown"),
                area=traits.area,
                step=m.say("step_relaxed", lenses=relaxed) if relaxed else m.say("step_all"),
                claims=counts.get(peer, 0),
                alike=alike[peer],
            )
            found.append((number, -line.alike, -line.claims, peer, line))
        return tuple(row[-1] for row in sorted(found, key=lambda row: row[:4]))

    def _batches(self, town_id: str) -> str:
        town, lang = self.m.towns[town_id], self.m.lang
        both = (("batch_named", town.named_batch), ("batch_created", town.creation_batch))
        texts = [t(f"shell.{key}", lang, number=number) for key, number in both if number is not None]
        return self.m.say("value_joint").join(texts) or self.m.say("unknown")

    # -- where it stands -----------------------------------------------------------------------------------------

    def _comparison(self, result: PeerResult) -> Comparison:
        m, comparison, claim = self.m, result.comparison, result.own.drawn
        known = {item.drawn.entity_id for item in result.peers}
        # Those of whom nothing of the period is known come first: a bounded figure is at least a beginning.
        missing = sorted(result.missing, key=lambda peer: (peer in known, peer))
        median, mean, mad = (
            m.amount(claim, number) if number is not None else ""
            for number in (comparison.median, comparison.mean, comparison.mad)
        )
        return Comparison(
            result=result,
            metric=m.metric(claim.indicator_id),
            period=m.period(claim),
            unit=m.unit(claim),
            value=m.value(result.own),
            claim_id=claim.observation_id,
            valued=len(comparison.valued),
            bounded=len(comparison.bounded),
            median=median,
            mean=mean,
            mad=mad,
            position=comparison.position,
            word=write_position(m.lang, comparison.position, comparison.reason),
            lenses=write_lenses(m.lang, result.step.group.lenses),
            need=write_need(
                m.lang,
                needed=result.needed,
                names=[m.name(peer) for peer in missing],
                period=format_period(claim.period, m.lang),
            ),
            median_number=self._number(claim, comparison.median),
            mean_number=self._number(claim, comparison.mean),
            mad_number=self._number(claim, comparison.mad),
        )

    def _number(self, claim: Claim, number: Decimal | None) -> float | None:
        return None if number is None else float(self.m.shown(claim, number))

    def _panel(self, result: PeerResult) -> Panel:
        """Return one figure with those of the peers, highest first; the town keeps its colour, peers are hollow."""
        m, claim = self.m, result.own.drawn
        title = m.say("panel_title", metric=m.metric(claim.indicator_id), unit=m.unit(claim))
        items = _by_size((result.own, *result.peers))
        block = m.block(items, {self.town_id: 0}, result=result)
        told = [(write_period_title(claim, m.lang), name_values(m, items, m.places(items)))]
        alt = write_alt(m.lang, m.metric(claim.indicator_id), told)
        notes = [*list_panel_notes(m, items)]
        if result.comparison.median is None:
            key = "panel_refused"
            count = len(result.comparison.valued)
            notes.insert(0, m.say(key, n=count, count=count, minimum=self.data.minimum))
        spec = DotSpec(title, claim.unit, (block,), self.looks, m.money)
        return Panel(claim.observation_id, title, spec, alt, tuple(notes))

    # -- everything known ----------------------------------------------------------------------------------------

    def _metrics(self) -> tuple[MetricChoice, ...]:
        """Return the indicators of which the town or its peers know something, those with most of them first."""
        m = self.m
        topics = {row.topic_id: row.position for row in repo.list_topics(m.db)}
        own = {item.drawn.indicator_id for item in self.data.own}
        ids = tuple(sorted((self.town_id, *self.ladder.widest.peer_ids)))
        found = []
        for row in repo.count_claims_by_indicator(m.db, as_of=m.world.as_of, entity_ids=ids):
            indicator = m.indicators[row.indicator_id]
            if row.entity_type == "town" and indicator.topic_id != CONTEXT_TOPIC:
                choice = MetricChoice(row.indicator_id, m.metric(row.indicator_id), row.entities)
                order = (
                    indicator.direction == "neutral",
                    row.indicator_id not in own,
                    -row.entities,
                    topics.get(indicator.topic_id, len(topics)),
                    row.indicator_id,
                )
                found.append((order, choice))
        return tuple(choice for _, choice in sorted(found, key=lambda item: item[0]))

    def _known(self, metric: str) -> tuple[Panel | None, tuple[Line, ...]]:
        """Return all that is known of an indicator, period by period, newest first: periods are never compared."""
        m = self.m
        if not metric:
            return None, ()
        cells: dict[tuple[str, ...], list[Evidence]] = {}
        for item in m.evidence((self.town_id, *self.ladder.widest.peer_ids), (metric,)):
            cells.setdefault(alike_key(item), []).append(item)
        groups = sorted(
            (_by_size(items) for items in cells.values()),
            key=lambda items: (-items[0].drawn.period_end.toordinal(), alike_key(items[0])),
        )
        lines = tuple(line for items in groups for line in m.lines(items))
        shown = groups[:_MOST_PERIODS]
        first = shown[0][0].drawn
        title = m.say("panel_title", metric=m.metric(metric), unit=m.unit(first))
        blocks = tuple(m.block(items, {self.town_id: 0}) for items in shown)
        told = [
            (
                write_period_title(items[0].drawn, m.lang),
                name_values(m, items, m.places(items) if len(items) > 1 else {}),
            )
            for items in shown
        ]
        notes = [m.say("known_note"), *list_panel_notes(m, [item for items in shown for item in items])]
        if len(groups) > len(shown):
            rest = len(groups) - len(shown)
            notes.append(m.say("more_periods", n=rest, count=rest))
        spec = DotSpec(title, first.unit, blocks, self.looks, m.money)
        return Panel("known", title, spec, write_alt(m.lang, m.metric(metric), told), tuple(notes)), lines


def _by_size(items: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return figures alike from the highest; a mere bound stands where its one end is."""
    return tuple(sorted(items, key=lambda item: (-item.drawn.value, item.drawn.entity_id)))
