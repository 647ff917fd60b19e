"""Visitors at the same time: how many may change something every five seconds before the p95 passes 500 ms."""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.client import Session
from benchmarks.measure import Row, median, percentile
from tests.support import free_port, is_healthy, run_nginx, run_server

LIMIT_MS: Final = 500
#: Visitors tried one after the other, until one number is too many.
STEPS: Final = (10, 20, 40, 60, 80, 120, 160)
#: DESIGN §11: so many are connected, and so many of them change something.
CONNECTED: Final = 200
ACTIVE: Final = 40
THINK: Final = 5.0
REPLICAS: Final = 3
#: Pages as visitors choose them: the overview most.
_MIX: Final = ("overview", "targets", "map", "town", "overview", "trends", "targets", "sources", "overview", "map")
_CITIES: Final = ("杭州市", "宁波市", "嘉兴市", "湖州市", "绍兴市", "金华市")
_LABELS: Final = ("English", "中文")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a number of visitors met: seconds of each change, what went wrong."""

    active: int
    connected: int
    changes: tuple[float, ...]
    faults: tuple[str, ...]

    @property
    def p95(self) -> float:
        """Return the 95th percentile of a change in ms."""
        return 1000 * percentile(self.changes, 0.95)

    def row(self, name: str, limit: float | None = None) -> Row:
        """Return the row of the table."""
        if self.faults:
            raise RuntimeError(f"{name}: {len(self.faults)} faults, first: {self.faults[0]}")
        middle = 1000 * median(self.changes)
        return Row("Visitors", name, middle, "ms", self.p95, len(self.changes), limit, "p95")


def measure_load(*, quick: bool) -> list[Row]:
    """Return the rows of one process and of three behind nginx."""
    seconds = 8.0 if quick else 25.0
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with run_server(folder, var=folder / "var") as server:
            asyncio.run(_warm([server.url]))
            rows += _climb(server.url, "one process", seconds, STEPS[:2] if quick else STEPS)
        with serve_replicas(folder) as (url, replicas):
            asyncio.run(_warm(replicas))
            rows += _climb(url, f"{REPLICAS} processes behind nginx", seconds, STEPS[:2] if quick else STEPS)
            outcome = asyncio.run(visit(url, ACTIVE, CONNECTED - ACTIVE, seconds))
            rows.append(outcome.row(f"{CONNECTED} connected, {ACTIVE} active, {REPLICAS} processes", LIMIT_MS))
    return rows


def _climb(url: str, name: str, seconds: float, steps: Sequence[int]) -> list[Row]:
    """Try ever more visitors; the last row says the largest number that kept the limit."""
    rows, most = [], 0
    for active in steps:
        outcome = asyncio.run(visit(url, active, 0, seconds))
        rows.append(outcome.row(f"{active} active, {name}"))
        if outcome.p95 > LIMIT_MS:
            break
        most = active
    return [*rows, Row("Visitors", f"most with p95 ≤ {LIMIT_MS} ms, {name}", most, "visitors")]


async def _warm(urls: Sequence[str]) -> None:
    """Ask each process for every view that visitors will ask for: a day's work has long filled its caches."""
    for url in urls:
        for page_id in dict.fromkeys(_MIX):
            async with Session(url) as session:
                await session.open(page_id)
                for city in _CITIES:  # named in Chinese, as the session begins
                    await session.change("q_city", [city])
                for label in _LABELS:
                    await session.change("q_lang", [label])


async def visit(url: str, active: int, idle: int, seconds: float) -> Outcome:
    """Let visitors open pages and, the active ones, change something every five seconds on average.

    Counted is what begins once all have their page, for `seconds`.
    """
    dice = random.Random(active)  # noqa: S311 (a repeatable crowd, no secret)
    changes: list[float] = []
    faults: list[str] = []
    coming = active + idle
    all_stand = asyncio.Event()
    ends = asyncio.Event()

    async def come(number: int) -> None:
        nonlocal coming
        await asyncio.sleep(number * (0.15 if number < active else 0.05))
        try:
            async with Session(url) as session:
                run = await session.open(_MIX[number % len(_MIX)])
                coming -= 1
                if not coming:
                    all_stand.set()
                turn = 0
                while not ends.is_set():
                    if run.fault:
                        raise RuntimeError(run.fault)
                    await asyncio.sleep(dice.uniform(0.5, 1.5) * THINK)
                    if number >= active or ends.is_set():
                        continue
                    turn += 1
                    counts = all_stand.is_set()
                    if turn % 3:
                        run = await session.change("q_city", [dice.choice(_CITIES)])
                    else:
                        run = await session.change("q_lang", [_LABELS[turn // 3 % 2]])
                    if counts:
                        changes.append(run.seconds)
        except Exception as error:
            faults.append(f"{type(error).__name__}: {error}")
            all_stand.set()

    async def close() -> None:
        await all_stand.wait()
        await asyncio.sleep(seconds)
        ends.set()

    await asyncio.gather(close(), *(come(number) for number in range(active + idle)))
    return Outcome(active, active + idle, tuple(changes), tuple(faults))


@contextmanager
def serve_replicas(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve three processes behind nginx as deploy/nginx.conf has it; give its address and theirs."""
    with ExitStack() as stack:
        public = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="towns-nginx-")))
        secret = {"STREAMLIT_SERVER_COOKIE_SECRET": "the same for all replicas of a benchmark"}
        servers = [stack.enter_context(run_server(folder, var=folder / "var", environ=secret)) for _ in range(REPLICAS)]
        ports = [int(server.url.rpartition(":")[2]) for server in servers]
        port = free_port()
        stack.enter_context(run_nginx(public, port, ports))
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 10
        while not is_healthy(url):
            if time.monotonic() > deadline:
                raise RuntimeError("nginx does not answer")
            time.sleep(0.05)
        yield url, [server.url for server in servers]
