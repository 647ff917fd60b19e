"""The bare page of DESIGN §11: it sends the recorded messages of a page of ours, constants without a query or figure.

`?page=<id>` says which page. Of its two recorded states it shows the one of the language that was clicked.
"""

import os
import pickle
from pathlib import Path

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import enqueue_message, get_script_run_ctx


@st.cache_resource
def load_states(page_id: str) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return the messages of both states of a page, as recorded by benchmarks.browser."""
    path = Path(os.environ["BENCH_RECORDED"]) / f"{page_id}.pickle"
    first, second = pickle.loads(path.read_bytes())  # noqa: S301 (written by the same run)
    return first, second


def is_english() -> bool:
    """Say whether the browser sent the language switch with English on; no widget of this page reads it."""
    context = get_script_run_ctx()
    states = context.session_state._state._new_widget_state.states if context else {}
    for widget_id, state in states.items():
        if widget_id.endswith("q_lang"):
            return "English" in str(getattr(state, "value", ""))
    return False


for recorded in load_states(st.query_params.get("page", "overview"))[is_english()]:
    message = ForwardMsg()
    message.ParseFromString(recorded)
    enqueue_message(message)
