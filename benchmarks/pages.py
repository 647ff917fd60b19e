"""Each page: how long its script takes, what it sends, what a session weighs; asked by one client."""

import asyncio
import json
from pathlib import Path
from typing import Final

import psutil

from benchmarks.client import Session
from benchmarks.measure import Row, timed
from tests.support import PAGES, RunningServer

SCRIPT_MS: Final = 150
SESSION_MIB: Final = 5
#: Bytes that a page may send; a test fails at a tenth more. Written by `python -m benchmarks --write-budget`.
BUDGET: Final = Path(__file__).with_name("bytes.json")
_MIB: Final = 1024 * 1024
_CITIES: Final = (
    "杭州市",
    "宁波市",
    "嘉兴市",
    "湖州市",
    "绍兴市",
    "金华市",
    "台州市",
    "温州市",
    "衢州市",
    "丽水市",
    "舟山市",
)


async def count_bytes(url: str) -> dict[str, dict[str, int]]:
    """Return what each page sends: on the first run, when a city is chosen, and again when it is let go."""
    found = {}
    for page_id in PAGES:
        async with Session(url) as session:
            first = await session.open(page_id)
            chosen = await session.change("q_city", ["嘉兴市"])
            again = await session.change("q_city", [])
        found[page_id] = {"first": first.size, "change": chosen.size, "back": again.size}
    return found


def measure_pages(server: RunningServer, *, quick: bool) -> list[Row]:
    """Return script times, bytes and memory of the pages of a running server."""
    return [
        *asyncio.run(_scripts(server.url, 2 if quick else 6)),
        *_bytes(asyncio.run(count_bytes(server.url))),
        asyncio.run(_memory(server, 20 if quick else 60)),
    ]


async def _scripts(url: str, rounds: int) -> list[Row]:
    rows = []
    for page_id in PAGES:
        warm: list[float] = []
        fresh: list[float] = []
        async with Session(url) as session:
            await session.open(page_id)
            for city in _CITIES:
                fresh.append((await session.change("q_city", [city])).seconds)
            for _ in range(rounds):
                for city in _CITIES:
                    run = await session.change("q_city", [city])
                    if run.fault:
                        raise RuntimeError(f"{page_id}: {run.fault}")
                    warm.append(run.seconds)
        rows.append(timed("Script of a page, warm", page_id, warm, limit=SCRIPT_MS))
        rows.append(timed("Script of a page, first time a view is asked for", page_id, fresh))
    return rows


def _bytes(found: dict[str, dict[str, int]]) -> list[Row]:
    budget = json.loads(BUDGET.read_text(encoding="utf-8")) if BUDGET.is_file() else {}
    rows = []
    for page_id, sizes in found.items():
        for what, size in sizes.items():
            limit = budget.get(page_id, {}).get(what)
            rows.append(Row("Bytes sent", f"{page_id}, {what}", size / 1024, "KiB", limit=limit and limit * 1.1 / 1024))
    return rows


async def _memory(server: RunningServer, count: int) -> Row:
    """Return what one more session weighs: the growth of the process over many that stay open, each on one page."""
    process = psutil.Process(server.pid)
    sessions = [Session(server.url) for _ in range(count)]
    # The first tenth fills caches that all share.
    started, before = count // 10, 0
    try:
        for number, session in enumerate(sessions):
            if number == started:
                before = process.memory_info().rss
            await session.__aenter__()
            await session.open(PAGES[number % len(PAGES)])
        after = process.memory_info().rss
    finally:
        for session in sessions:
            await session.__aexit__(None, None, None)
    each = (after - before) / (count - started) / _MIB
    total = f"{after / _MIB:.0f} MiB with {count} sessions"
    return Row("Memory", "a session", each, "MiB", count=count, limit=SESSION_MIB, note=total)
