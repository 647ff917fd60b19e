"""What it costs to look at a page: `make bench` (docs/performance.md)."""
