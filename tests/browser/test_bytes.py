"""What pages send stays within the budget of benchmarks/bytes.json: a tenth more fails."""

import json

from benchmarks.client import wait_for
from benchmarks.pages import BUDGET, count_bytes
from tests.support import PAGES, RunningServer

#: `python -m benchmarks --write-budget` writes a new budget; say in the commit what the bytes are for.
SLACK = 1.1

#: Bytes by page and by what was done.
Bytes = dict[str, dict[str, int]]


def find_excess(sent: Bytes, budget: Bytes) -> dict[str, tuple[int, int]]:
    """Return what is more than a tenth over its budget, as bytes sent and budget."""
    return {
        f"{page_id}, {what}": (size, budget[page_id][what])
        for page_id, sizes in sent.items()
        for what, size in sizes.items()
        if size > SLACK * budget[page_id][what]
    }


def test_no_page_sends_a_tenth_more_than_its_budget(server: RunningServer) -> None:
    budget: Bytes = json.loads(BUDGET.read_text(encoding="utf-8"))
    assert sorted(budget) == sorted(PAGES), "each page has a budget"
    sent = wait_for(count_bytes(server.url))
    over = find_excess(sent, budget)
    if over:
        # How much of a page is sent by reference depends on what the server still keeps of the runs before: what is
        # over its budget for good is over it again.
        again = find_excess(wait_for(count_bytes(server.url)), budget)
        over = {name: sizes for name, sizes in over.items() if name in again}
    assert not over, f"bytes sent and the budget: {over}"
    assert all(sizes["first"] > 5_000 for sizes in sent.values()), "whole pages were counted"
