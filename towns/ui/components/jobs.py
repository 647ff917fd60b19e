"""The button of a long export: start, progress, cancel, download; one element while nothing happens.

    job_button(ctx, "deck_pptx", t("…", lang), ["--deck", "zhejiang", "--kind", "pptx", "--lang", lang],
               "zhejiang.pptx", PPTX)

Only while a job runs does its part of the page ask once a second. Not for a dialog: the page runs anew when the job
begins and when it ends, which closes dialogs.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from towns.errors import TownsError
from towns.fmt import format_number
from towns.i18n import t
from towns.model import Lang
from towns.settings import get_settings
from towns.ui import jobs, page
from towns.ui.context import Context
from towns.ui.jobs import Job, Look

#: What `_start` is called with: where the job is kept, what it is made from, arguments and files.
_Begin = tuple[str, str, tuple[str, ...], dict[str, bytes]]
#: Seconds between two looks at a running job.
_EVERY: Final = 1.0


def job_button(
    ctx: Context,
    key: str,
    label: str,
    arguments: Sequence[str],
    file_name: str,
    mime: str,
    inputs: Mapping[str, bytes] | None = None,
) -> None:
    """Draw the button, or how far its job has come.

    `arguments` are those of the verb `export` without `--out` and `--progress`; one that is a name of `inputs` stands
    for a file with these bytes. What was made from other arguments, files or data is not offered: its job is stopped.
    """
    slot, made_from = f"_job_{key}", _digest(ctx, arguments, inputs or {})
    was: tuple[str, Job] | None = st.session_state.get(slot)
    note = ""
    if was is not None and was[0] != made_from:
        if was[1].look().is_live:
            note = t("jobs.changed", ctx.lang)
        was[1].cancel()
        del st.session_state[slot]
        was = None
    begin = (slot, made_from, tuple(arguments), dict(inputs or {}))
    with st.container(key=f"job_{key}"):
        if was is None:
            st.button(label, key=f"job_{key}_start", on_click=_start, args=begin)
            refused = st.session_state.pop(f"{slot}_refused", None)
            if isinstance(refused, TownsError):
                st.warning(page.escape(refused.text(ctx.lang)), icon="⚠️")
            if note:
                st.caption(note)
            return
        live = was[1].look().is_live
        st.fragment(_show, run_every=_EVERY if live else None)(
            ctx.lang, slot, was[1], file_name, mime, begin, live=live
        )  # fmt: skip


def _digest(ctx: Context, arguments: Sequence[str], inputs: Mapping[str, bytes]) -> str:
    """Return what tells one export from another: its arguments, files, data and day."""
    found = hashlib.sha256()
    for text in (ctx.meta.fingerprint, ctx.today.isoformat(), *arguments):
        found.update(f"{len(text)}:{text}".encode())
    for name, data in sorted(inputs.items()):
        found.update(f"{name}:{hashlib.sha256(data).hexdigest()}".encode())
    return found.hexdigest()


def _start(slot: str, made_from: str, arguments: tuple[str, ...], inputs: dict[str, bytes]) -> None:
    try:
        st.session_state[slot] = (made_from, jobs.start(arguments, get_settings(), inputs))
    except TownsError as error:
        st.session_state[f"{slot}_refused"] = error


def _show(lang: Lang, slot: str, job: Job, file_name: str, mime: str, begin: _Begin, *, live: bool) -> None:
    """Draw the state of a job; `live` is whether it was under way when the page asked for looks at it."""
    look = job.look()
    if live and not look.is_live:
        # The page as a whole, so that nothing goes on asking.
        st.rerun()
    if look.is_live:
        st.progress(min(look.done / look.total, 1.0) if look.total else 0.0, text=page.escape(_words(look, lang)))
        st.button(t("jobs.cancel", lang), key=f"{slot}_cancel", on_click=job.cancel)
        return
    if look.state == "done":
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.download_button(
                t("jobs.download", lang, name=file_name),
                data=lambda: look.result,
                file_name=file_name,
                mime=mime,
                key=f"{slot}_download",
                on_click="ignore",
            )
            st.caption(t("jobs.done", lang, size=_size(len(look.result), lang)))
        return
    if look.state == "failed":
        reason = look.error.text(lang) if look.error is not None else ""
        st.warning(page.escape(t("jobs.failed", lang, reason=reason)), icon="⚠️")
    else:
        st.caption(t("jobs.cancelled", lang))
    if st.button(t("jobs.again", lang), key=f"{slot}_again", on_click=_start, args=begin):
        # The page as a whole, so that the new job is asked after.
        st.rerun()


def _words(look: Look, lang: Lang) -> str:
    if look.state == "waiting":
        return t("jobs.waiting", lang, n=look.ahead) if look.ahead else t("jobs.waiting_next", lang)
    if not look.total:
        return t("jobs.starting", lang)
    if look.done >= look.total:
        return t("jobs.writing", lang)
    done, total = format_number(look.done, lang), format_number(look.total, lang)
    return t("jobs.running", lang, done=done, total=total, title=look.title)


def _size(count: int, lang: Lang) -> str:
    """Return a number of bytes as a reader of files knows it."""
    if count < 1 << 20:
        return t("jobs.kb", lang, size=format_number(max(count, 1 << 10) / (1 << 10), lang, decimals=0))
    return t("jobs.mb", lang, size=format_number(count / (1 << 20), lang, decimals=1))
