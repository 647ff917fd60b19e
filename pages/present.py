"""The present page: story decks for a big screen, steered by keyboard or clicker; a slide is a saved view."""

from towns.ui import page
from towns.ui.components import deck_state, present_stage
from towns.ui.components import present as draw

ctx = page.begin("present")
choice = draw.read_choice()
deck = deck_state.current_deck(ctx)
show = draw.get_show(ctx, deck, choice)
if show is not None:
    present_stage.play(show, choice.slide)
else:
    draw.show_entry(ctx)
