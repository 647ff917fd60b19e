"""What pages send stays within the budget of benchmarks/bytes.json: a tenth more fails."""

import json

from benchmarks.client import wait_for
from benchmarks.pages import BUDGET, count_bytes
from tests.support import PAGES, RunningServer

#: `python -m benchmarks --write-budget` writes a new budget; say in the commit what the bytes are for.
SLACK = 1.1


def test_no_page_sends_a_tenth_more_than_its_budget(server: RunningServer) -> None:
    budget: dict[str, dict[str, int]] = json.loads(BUDGET.read_text(encoding="utf-8"))
    assert sorted(budget) == sorted(PAGES), "each page has a budget"
    sent = wait_for(count_bytes(server.url))
    over = {
        f"{page_id}, {what}": (size, budget[page_id][what])
        for page_id, sizes in sent.items()
        for what, size in sizes.items()
        if size > SLACK * budget[page_id][what]
    }
    assert not over, f"bytes sent and the budget: {over}"
    assert all(sizes["first"] > 5_000 for sizes in sent.values()), "whole pages were counted"
