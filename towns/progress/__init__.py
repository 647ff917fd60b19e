"""How a target is judged: intervals, evidence, verdicts and progress. Pure: no input or output (METHODS)."""
