"""The bare page as a server: the same Streamlit, the same configuration, nothing of ours."""

from pathlib import Path

import streamlit as st

app = st.App(str(Path(__file__).with_name("main.py")))
