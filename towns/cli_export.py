"""The verb `export`: a view's tables and pictures, a deck, a briefing, as a file (documented in docs/cli.md)."""

import errno
import logging
import os
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from towns.cli_export_deck import (
    BRIEFING_KINDS,
    Order,
    list_shipped,
    load_own,
    load_shipped,
    make_briefing,
    make_slides,
    read_file,
)
from towns.cli_options import Call, as_of_option
from towns.i18n import LANGS

if TYPE_CHECKING:
    from towns.model import Lang
    from towns.ui.components.takeaway import Offer, PictureKind

_WRONG_CALL: Final = 2
_KINDS: Final = ("csv", "xlsx", "parquet", "json", "png", "svg")
_LIST: Final = "list"
#: Characters of a slide's title in a line of progress.
_TITLE: Final = 80


@click.command("export")
@click.option("--view", metavar="PAGE?QUERY", help="Address of a view in the app, as in 'trends?metric=tax_revenue'.")
@click.option("--whole", type=click.Choice(["database", "package"]), help="Everything instead of a view.")
@click.option("--deck", metavar="ID", help="A shipped deck of slides; “list” names them.")
@click.option("--deck-file", type=click.Path(path_type=Path), metavar="FILE", help="A deck of your own.")
@click.option("--briefing", metavar="KIND=ID", help="A one-page briefing on a town, city, industry or plan.")
@click.option("--kind", type=click.Choice((*_KINDS, "pptx", *BRIEFING_KINDS)), help="Form of the file.")
@click.option("--table", "key", metavar="KEY", default="", help="Which table of the view; “list” names them.")
@click.option("--subject", metavar="KIND=ID", default="", help="Whom the deck is made for: town, city or industry.")
@click.option("--lang", type=click.Choice(LANGS), help="Language of a deck or briefing (zh).")
@as_of_option
@click.option("--template", type=click.Path(path_type=Path), metavar="FILE", help="A .pptx to put the slides into.")
@click.option("--watermark", metavar="TEXT", default="", help="Words to stand behind the text of a briefing.")
@click.option("--progress", is_flag=True, help="Tell each step on standard error.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where to write.")
@click.pass_obj
def export_command(
    call: Call,
    view: str | None,
    whole: str | None,
    deck: str | None,
    deck_file: Path | None,
    briefing: str | None,
    kind: str | None,
    key: str,
    subject: str,
    lang: "Lang | None",
    as_of: datetime | None,
    template: Path | None,
    watermark: str,
    progress: bool,
    out: Path | None,
) -> None:
    """Write what a view offers to take away, a deck as slides to edit, or a briefing."""
    what = {"--view": view, "--whole": whole, "--deck": deck, "--deck-file": deck_file, "--briefing": briefing}
    chosen = [name for name, value in what.items() if value is not None]
    if len(chosen) != 1:
        _stop("Give either --view or --whole or --deck or --deck-file or --briefing.")
    day = call.check_as_of(as_of.date() if as_of else None)
    extras = {
        "--table": (key, ("--view",)),
        "--subject": (subject, ("--deck", "--deck-file")),
        "--template": (template, ("--deck", "--deck-file")),
        "--watermark": (watermark, ("--briefing",)),
        "--lang": (lang, ("--deck", "--deck-file", "--briefing")),
        "--as-of": (day, ("--deck", "--deck-file", "--briefing")),
    }
    if whole is not None:
        if kind or any(value for value, _ in extras.values()):
            _stop("--whole goes with --out alone.")
        _write(out, _whole(call, whole))
        return
    for name, (value, places) in extras.items():
        if value and chosen[0] not in places:
            _stop(f"{name} does not go with {chosen[0]}.")
    # The interface complains of being used without a browser, which is what is meant here.
    logging.disable(logging.WARNING)
    try:
        if view is not None:
            _export_view(call, view, kind, key, out)
            return
        if deck == _LIST:
            for item in list_shipped(call.settings):
                wants = f"\t{item.subject}=…" if item.subject else ""
                click.echo(f"{item.deck_id}\t{item.title.pick(lang or 'zh')}{wants}".encode())
            return
        kinds = BRIEFING_KINDS if briefing is not None else ("pptx",)
        if kind is None:
            _stop(f"--kind is missing: {', '.join(kinds)}.")
        if kind not in kinds:
            _stop(f"--kind {kind} does not go with {chosen[0]}: {', '.join(kinds)}.")
        if out is None:
            _stop("--out is missing: name the file to write.")
        if not out.parent.is_dir():
            # Told before the work rather than after it.
            raise _unwritable(out, os.strerror(errno.ENOENT))
        order, step = Order(lang or "zh", day, kind), _tell_step if progress else _tell_nothing
        if briefing is not None:
            _write(out, make_briefing(call, briefing, order, watermark, step))
            return
        story = load_own(deck_file) if deck_file is not None else load_shipped(call.settings, deck or "")
        _write(out, make_slides(call, story, subject, order, read_file(template) if template else None, step))
    finally:
        logging.disable(logging.NOTSET)


def _tell_step(done: int, total: int, title: str) -> None:
    click.echo(f"{done}/{total} {' '.join(title.split())[:_TITLE]}".encode(), err=True)


def _tell_nothing(_done: int, _total: int, _title: str) -> None:
    pass


def _export_view(call: Call, view: str, kind: str | None, key: str, out: Path | None) -> None:
    # Imported here: only this needs the interface.
    from towns.ui.headless import collect

    offers = collect(view, call.settings)
    if key == _LIST:
        for offer in offers:
            click.echo(f"{offer.key}\t{offer.table.title}{'' if not offer.has_picture else ' *'}".encode())
        return
    if kind is None:
        _stop(f"--kind is missing: {', '.join(_KINDS)}.")
    if kind not in _KINDS:
        _stop(f"--kind {kind} does not go with --view: {', '.join(_KINDS)}.")
    _write(out, _build(offers, key, kind))


def _build(offers: "tuple[Offer, ...]", key: str, kind: str) -> bytes:
    from towns.exports import FORMATS

    picture: PictureKind | None = "png" if kind == "png" else "svg" if kind == "svg" else None
    fitting = [offer for offer in offers if picture is None or offer.has_picture]
    if not offers:
        _stop("This view offers no table.")
    if not fitting:
        _stop("This view offers no picture.")
    names = ", ".join(dict.fromkeys(offer.key for offer in fitting))
    chosen = next((offer for offer in fitting if key in ("", offer.key)), None)
    if chosen is None:
        what = "table" if picture is None else "picture"
        _stop(f"This view offers no {what} “{key}”. It offers: {names}.")
    if picture is not None:
        return chosen.draw(picture)
    form = FORMATS[kind]
    if not form.holds(chosen.table):
        _stop(f"{kind} holds at most {form.most_rows} rows, the table has {len(chosen.table.rows)}.")
    return form.write(chosen.table)


def _whole(call: Call, what: str) -> bytes:
    from towns.repo.facts import get_meta
    from towns.views.takeaway import build_package, read_database

    with closing(call.open()) as db:
        meta = get_meta(db)
    return read_database(call.settings, meta) if what == "database" else build_package(call.settings, meta)


def _write(out: Path | None, data: bytes) -> None:
    """Write the file in one step, so that nobody reads half of it."""
    if out is None:
        _stop("--out is missing: name the file to write.")
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).chmod(0o644)
            Path(name).replace(out)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritable(out, error.strerror) from error
    click.echo(f"{out}: {len(data):,} bytes", err=True)


def _unwritable(out: Path, why: str | None) -> click.exceptions.Exit:
    click.echo(f"Cannot write {out} ({why}).", err=True)
    return click.exceptions.Exit(1)


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    raise click.exceptions.Exit(_WRONG_CALL)
