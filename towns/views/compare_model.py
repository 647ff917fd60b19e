"""What the compare page shows, as frozen values: of several towns, and of one town against its peers."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from towns.figures.compare import DotSpec
from towns.figures.trend import Look
from towns.progress.lenses import PeerResult
from towns.progress.peers import Lens, Position
from towns.sentences import Sentence

Mode = Literal["towns", "peers"]
MODES: Final[tuple[Mode, ...]] = ("towns", "peers")
MOST_TOWNS: Final = 6


@dataclass(frozen=True, slots=True)
class TownMark:
    """A chosen town with the shape and colour that it has in every panel."""

    town_id: str
    name: str
    look: Look


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the profile; `mark` says that it is inferred, `note` dates its evidence, `claim_id` leads to it."""

    text: str
    note: str = ""
    mark: str = ""
    claim_id: str = ""


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One line of the profile: what the towns are in one respect; `differs` where not all cells read alike."""

    label: str
    cells: tuple[Cell, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One figure in the table twin of the panels; numbers are in the `unit` that is named."""

    metric: str
    period: str
    kind: str
    scope: str
    unit: str
    town: str
    value: str
    number: Decimal
    qualifier: str
    low: Decimal | None
    high: Decimal | None
    place: str
    source: str
    claim_id: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One indicator: its drawing, what it says, and what is to be known of it."""

    panel_id: str
    title: str
    spec: DotSpec
    alt: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A figure that is not compared, why, and what the other towns have instead."""

    town: str
    metric: str
    period: str
    value: str
    reason: str
    reason_text: str
    others: str
    claim_id: str


@dataclass(frozen=True, slots=True)
class Partner:
    """Another town with the number of figures that it shares with the chosen one."""

    town_id: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class CompareView:
    """Two to six towns side by side. With fewer there are partners to choose from instead of panels.

    `lines` hold everything that is shared, also what the panels have no room for; `left` is all the rest.
    """

    opening: Sentence
    marks: tuple[TownMark, ...]
    profile: tuple[ProfileRow, ...]
    panels: tuple[Panel, ...]
    lines: tuple[Line, ...]
    sources: tuple[str, ...]
    left: tuple[LeftOut, ...]
    left_text: str
    partners: tuple[Partner, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of widening, in words: what holds, how many peers, how many of them with the best-known figure."""

    lenses: str
    relaxed: str
    peers: int
    best: int


@dataclass(frozen=True, slots=True)
class PeerLine:
    """One peer: who it is, why it is one, and how much is known of it."""

    town_id: str
    name: str
    class_name: str
    inferred: bool
    status: str
    batch: str
    city_type: str
    area: Decimal | None
    step: str
    claims: int
    alike: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of the town against its peers, in words; the numbers are in the `unit` that is named."""

    result: PeerResult
    metric: str
    period: str
    unit: str
    value: str
    claim_id: str
    valued: int
    bounded: int
    median: str
    mean: str
    mad: str
    position: Position
    word: str
    lenses: str
    need: str
    median_number: float | None
    mean_number: float | None
    mad_number: float | None


@dataclass(frozen=True, slots=True)
class MetricChoice:
    """An indicator of which the peers or the town know something, with how many of them do."""

    indicator_id: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class PeersView:
    """One town against fair peers.

    `comparisons` are the figures with at least one peer in the same period, `alone` counts those without any;
    `known` is everything that is known of the chosen indicator, period by period.
    """

    opening: Sentence
    name: str
    class_note: str
    lenses: tuple[Lens, ...]
    lens_notes: tuple[str, ...]
    steps: tuple[StepLine, ...]
    peers: tuple[PeerLine, ...]
    comparisons: tuple[Comparison, ...]
    alone: int
    panels: tuple[Panel, ...]
    metrics: tuple[MetricChoice, ...]
    metric: str
    known: Panel | None
    known_lines: tuple[Line, ...]
    lines: tuple[Line, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
