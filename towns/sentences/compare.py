"""The words of the compare page: its opening, the alt text of a panel, positions among peers, reasons, lenses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from towns.fmt.numbers import capital
from towns.i18n import t
from towns.model import Claim, Indicator, Lang
from towns.progress.peers import Lens, Position, Reason
from towns.sentences import Part, Sentence
from towns.sentences.sources import write_period
from towns.sentences.town import indicator_in_sentence
from towns.sentences.trends import write_list

#: A shape for each position, beside its word: never red or green.
POSITION_GLYPHS: Final[dict[Position, str]] = {"higher": "▲", "similar": "◆", "lower": "▽", "not_known": "?"}
#: A sentence names so many values; the panels hold all.
_MOST_NAMED: Final = 6
#: More towns than this are counted, not named, before their values.
_FEW: Final = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A value in a sentence: whose it is, as written, its claim, its place, whether sources disagree."""

    name: str
    value: str
    claim_id: str
    place: str = ""
    contested: bool = False


def write_opening(
    lang: Lang, names: Sequence[str], *, shared: int, first: tuple[Indicator, Claim, Sequence[Named]] | None
) -> Sentence:
    """Return what opens the view of several towns: how much is comparable, and the first of it with its values."""
    if not names:
        return Sentence(lang, (Part(t("compare.open_none", lang)),))
    if len(names) == 1:
        return Sentence(lang, (Part(t("compare.open_one", lang, name=names[0])),))
    listed = write_names(names, lang) if len(names) <= _FEW else t("compare.open_many", lang, count=len(names))
    if first is None or not shared:
        return Sentence(lang, (Part(t("compare.open_nothing", lang, names=listed)),))
    indicator, claim, values = first
    parts = [Part(t("compare.open_shared", lang, n=shared, names=listed, count=shared))]
    parts.append(
        Part(
            t(
                "compare.open_first",
                lang,
                metric=capital(indicator_in_sentence(indicator, lang)),
                period=write_period(claim, lang),
            )
        )
    )
    parts += _values(values, lang)
    parts.append(Part(t("compare.stop", lang)))
    return Sentence(lang, tuple(parts))


def _values(values: Sequence[Named], lang: Lang) -> list[Part]:
    parts: list[Part] = []
    for number, item in enumerate(values[:_MOST_NAMED]):
        before, after = t("compare.open_value", lang, name=item.name).split("|")
        parts.append(Part((t("compare.value_joint", lang) if number else "") + before))
        parts.append(Part(item.value, (item.claim_id,)))
        if item.contested:
            parts.append(Part(t("compare.contested_inline", lang)))
        if after:
            parts.append(Part(after))
    return parts


def write_names(names: Sequence[str], lang: Lang) -> str:
    """Return names as a list with a last "and": 甲、乙和丙."""
    if len(names) < 2:
        return "".join(names)
    head = t("compare.names_joint", lang).join(names[:-1])
    return t("compare.names_last", lang, head=head, last=names[-1])


def write_seventh(lang: Lang, names: Sequence[str], most: int) -> str:
    """Return that no more than `most` towns are compared at once, and which were left out."""
    return t("compare.seventh", lang, most=most, names=write_list(names, lang))


def write_period_title(claim: Claim, lang: Lang) -> str:
    """Return the head of a block of lanes: the period, its kind where it is no plain year, and the scope."""
    period = write_period(claim, lang)
    if claim.period_kind == "span":
        period = t("compare.period_kind", lang, period=period, kind=t("figures.kind_span", lang))
    elif claim.period_kind == "cumulative" and "/" in claim.period:
        period = t("compare.period_kind", lang, period=period, kind=t("figures.kind_cumulative", lang))
    if claim.scope:
        period = t("compare.period_scope", lang, period=period, scope=t(f"sources.scope_{claim.scope}", lang))
    return period


def write_alt(lang: Lang, metric: str, blocks: Sequence[tuple[str, Sequence[Named]]]) -> str:
    """Return what a panel shows: by period, each town with its value and place."""
    joint = t("compare.value_joint", lang)
    texts = []
    for period, values in blocks:
        items = joint.join(
            t("compare.alt_place" if item.place else "compare.alt_value", lang, name=item.name, value=item.value,
              place=item.place)
            for item in values
        )  # fmt: skip
        texts.append(t("compare.alt_block", lang, period=period, items=items))
    return t("compare.alt", lang, metric=metric, blocks=t("compare.block_joint", lang).join(texts))


def write_lenses(lang: Lang, lenses: Sequence[Lens]) -> str:
    """Return lenses as a list: 类别相同、状态相同或不详."""
    return t("compare.lens_joint", lang).join(t(f"compare.lens_same_{lens}", lang) for lens in lenses)


def write_lens_names(lang: Lang, lenses: Sequence[Lens]) -> str:
    """Return the names of lenses as a list: 规模、区域类型."""
    return t("compare.names_joint", lang).join(t(f"compare.lens_{lens}", lang) for lens in lenses)


def write_position(lang: Lang, position: Position, reason: Reason = "") -> str:
    """Return the word of a position, or of the refusal."""
    return t(f"compare.refused_{reason}" if reason else f"compare.position_{position}", lang)


def write_unshared(lang: Lang, names: Sequence[str]) -> str:
    """Return which of the chosen towns share no figure with the others."""
    return t("compare.unshared", lang, n=len(names), names=write_names(names, lang))


@dataclass(frozen=True, slots=True)
class PeersFound:
    """What the opening of the peer view tells: counts of figures by position, and how near the best one came."""

    name: str
    lenses: tuple[Lens, ...]
    peers: int
    figures: int
    best: int
    minimum: int
    higher: int
    similar: int
    lower: int
    open_: int


def write_peers_opening(
    lang: Lang, found: PeersFound, *, reason: str = "", first: tuple[Indicator, Claim, Named, str, str] | None = None
) -> Sentence:
    """Return where a town stands among its peers, or why nothing can be said; `reason` is no_town, no_class, no_lens.

    `first` is the leading comparison: indicator, claim, the town's value, the word of the position and the median.
    """
    if reason:
        return Sentence(lang, (Part(t(f"compare.peers_{reason}", lang, name=found.name)),))
    lenses = write_lenses(lang, found.lenses)
    head = t("compare.peers_head", lang, n=found.peers, name=found.name, lenses=lenses, count=found.peers)
    if not found.peers:
        return Sentence(lang, (Part(t("compare.peers_nobody", lang, name=found.name, lenses=lenses)),))
    compared = found.higher + found.similar + found.lower + found.open_
    if first is None or not compared:
        key = "peers_no_figures" if not found.figures else "peers_none" if found.best else "peers_none_at_all"
        text = t(
            f"compare.{key}", lang, n=found.figures, count=found.figures, best=found.best, minimum=found.minimum,
            name=found.name,
        )  # fmt: skip
        return Sentence(lang, (Part(head), Part(text)))
    indicator, claim, own, word, median = first
    tally = t(
        "compare.peers_tally", lang, n=compared, compared=compared, higher=found.higher, similar=found.similar,
        lower=found.lower, open=found.open_, count=found.figures,
    )  # fmt: skip
    before, after = t(
        "compare.peers_first",
        lang,
        metric=capital(indicator_in_sentence(indicator, lang)),
        period=write_period(claim, lang),
        word=word,
        median=median,
    ).split("|")
    return Sentence(lang, (Part(head), Part(tally), Part(before), Part(own.value, (own.claim_id,)), Part(after)))


def write_need(lang: Lang, *, needed: int, names: Sequence[str], period: str) -> str:
    """Return what would allow a comparison: how many more peers would have to publish the figure of that period."""
    if needed <= 0:
        return ""
    if len(names) < needed:
        return t("compare.need_impossible", lang, n=needed, needed=needed, available=len(names))
    return t("compare.need", lang, n=needed, needed=needed, names=write_list(names, lang, most=4), period=period)


def write_left(lang: Lang, counts: Sequence[tuple[str, int]]) -> str:
    """Return how many figures are not compared, by reason, in one line."""
    total = sum(count for _, count in counts)
    if not total:
        return t("compare.left_none", lang)
    items = t("compare.value_joint", lang).join(
        t("compare.left_item", lang, reason=t(f"compare.left_{reason}", lang), count=count) for reason, count in counts
    )
    return t("compare.left", lang, n=total, total=total, items=items)


def write_others(lang: Lang, items: Sequence[tuple[str, str]]) -> str:
    """Return what other towns have of an indicator instead: each name with its periods."""
    found: dict[str, list[str]] = {}
    for name, period in items:
        found.setdefault(name, []).append(period)
    joint = t("compare.names_joint", lang)
    texts = [
        t("compare.others_item", lang, name=name, periods=joint.join(dict.fromkeys(periods)))
        for name, periods in found.items()
    ]
    return t("compare.value_joint", lang).join(texts)
