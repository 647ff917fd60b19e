"""Serve the dashboard: `python -m towns.ui --host 127.0.0.1 --port 8501`."""

import os
import socket
import sys
from pathlib import Path
from typing import Final

import click
import uvicorn

from towns.errors import DataFaultsError, Fault, TownsError
from towns.settings import get_settings
from towns.store import live_database

ROOT: Final = Path(__file__).resolve().parent.parent.parent
#: How many faults of the data are told before the rest is only counted.
FAULTS_TOLD: Final = 5


class Server(uvicorn.Server):
    """A server that prints its address, once, when it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then print one line."""
        await super().startup(sockets)
        if self.started:
            host = f"[{self.config.host}]" if ":" in self.config.host else self.config.host
            print(f"浙江特色小镇看板 Zhejiang Towns: http://{host}:{self.config.port}", flush=True)


def describe(fault: Fault) -> str:
    """Return a fault of the data as one line: where, then what in both languages."""
    place = ":".join(str(part) for part in (fault.file, fault.row, fault.column) if part is not None)
    return f"  {place}: {fault.message} / {fault.message_zh}"


@click.command(help=__doc__)
@click.option("--host", help="Address to listen on; TOWNS_HOST, 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; TOWNS_PORT, 8501.")
def main(host: str | None, port: int | None) -> None:
    """Build the database if it is absent or stale, then serve until told to stop.

    Data that cannot be built are told of; an older good version is served meanwhile, on pages that say so.
    """
    os.chdir(ROOT)  # Streamlit reads .streamlit/config.toml of the working directory
    sys.path.insert(0, str(ROOT))
    try:
        settings = get_settings()
        live = live_database(settings)
        live.get()  # the data as they are, else the last good version
        if live.problem:
            print(f"{live.problem.text('en')} / {live.problem.text('zh')}", file=sys.stderr, flush=True)
    except DataFaultsError as error:
        told = [describe(fault) for fault in error.faults[:FAULTS_TOLD]]
        raise SystemExit("\n".join((f"{error.text('en')} / {error.text('zh')}", *told))) from None
    except TownsError as error:
        raise SystemExit(f"{error.text('en')} / {error.text('zh')}") from None
    except OSError as error:
        place = error.filename or "var"
        raise SystemExit(f"Cannot use {place}: {error.strerror}. / 无法使用 {place}：{error.strerror}。") from None
    config = uvicorn.Config(
        "app:app",
        host=host or settings.host,
        port=port or settings.port,
        ws="websockets-sansio",
        log_config=None,
        access_log=False,
        server_header=False,
    )
    server = Server(config)
    server.run()
    if not server.started:
        raise SystemExit(1)


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    main()
