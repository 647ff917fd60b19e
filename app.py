"""The ASGI app: `python run.py` or `uvicorn app:app`."""

import streamlit as st

from towns.ui.server import ENTRY, MIDDLEWARE, lifespan

app = st.App(ENTRY, lifespan=lifespan, middleware=MIDDLEWARE)
