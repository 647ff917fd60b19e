"""The bare page of DESIGN §11: it sends the recorded messages of a page of ours, constants without a query or figure.

`?page=<id>` says which page; every run shows the other of its two recorded states.
"""

import os
import pickle
from pathlib import Path

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import enqueue_message


@st.cache_resource
def load_states(page_id: str) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return the messages of both states of a page, as recorded by benchmarks.browser."""
    path = Path(os.environ["BENCH_RECORDED"]) / f"{page_id}.pickle"
    first, second = pickle.loads(path.read_bytes())  # noqa: S301 (written by the same run)
    return first, second


page_id = st.query_params.get("page", "overview")
turn = int(st.session_state.get("turn", 0))
st.session_state["turn"] = 1 - turn
for recorded in load_states(page_id)[turn]:
    message = ForwardMsg()
    message.ParseFromString(recorded)
    enqueue_message(message)
