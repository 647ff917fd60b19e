"""The verb `export`: what a view offers to take away, as a file (documented in docs/cli.md)."""

import logging
import os
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

if TYPE_CHECKING:
    from towns.cli import _Call
    from towns.ui.components.takeaway import Offer, PictureKind

_WRONG_CALL: Final = 2
_KINDS: Final = ("csv", "xlsx", "parquet", "json", "png", "svg")
_LIST: Final = "list"


@click.command("export")
@click.option("--view", metavar="PAGE?QUERY", help="Address of a view in the app, as in 'trends?metric=tax_revenue'.")
@click.option("--whole", type=click.Choice(["database", "package"]), help="Everything instead of a view.")
@click.option("--kind", type=click.Choice(_KINDS), help="Form of the file.")
@click.option("--table", "key", metavar="KEY", default="", help="Which table of the view; “list” names them.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where to write.")
@click.pass_obj
def export_command(
    call: "_Call", view: str | None, whole: str | None, kind: str | None, key: str, out: Path | None
) -> None:
    """Write what a view offers to take away: the same bytes as its button gives."""
    if (view is None) == (whole is None):
        _stop("Give either --view or --whole.")
    if whole is not None:
        if kind or key:
            _stop("--whole goes with --out alone.")
        _write(out, _whole(call, whole))
        return
    # The interface complains of being used without a browser, which is what is meant here.
    logging.disable(logging.WARNING)
    try:
        # Imported here: only this verb needs the interface.
        from towns.ui.headless import collect

        offers = collect(view or "", call.settings)
    finally:
        logging.disable(logging.NOTSET)
    if key == _LIST:
        for offer in offers:
            click.echo(f"{offer.key}\t{offer.table.title}{'' if not offer.has_picture else ' *'}".encode())
        return
    if kind is None:
        _stop(f"--kind is missing: {', '.join(_KINDS)}.")
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


def _whole(call: "_Call", what: str) -> bytes:
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
        click.echo(f"Cannot write {out} ({error.strerror}).", err=True)
        raise click.exceptions.Exit(1) from error
    click.echo(f"{out}: {len(data):,} bytes", err=True)


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    raise click.exceptions.Exit(_WRONG_CALL)
