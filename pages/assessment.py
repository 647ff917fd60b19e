"""The assessment page: yearly grades, who is in danger, what the rules say, tiers and boards."""

from towns.ui import page
from towns.ui.components import assessment as draw
from towns.ui.components import assessment_grades, assessment_rules, assessment_watch, boards, ladder

_PARTS = {
    "grades": assessment_grades.show,
    "watch": assessment_watch.show,
    "rules": assessment_rules.show,
    "ladder": ladder.show,
    "boards": boards.show,
}

ctx = page.begin("assessment")
_PARTS[draw.choose_tab(ctx)](ctx)
