"""A client that speaks the browser's protocol without a browser: what a page sends, and how long that takes."""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, Self, TypeVar

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_T = TypeVar("_T")

_DEADLINE: Final = 120
#: Elements of a page that carry a widget's id.
_WIDGETS: Final = ("button_group", "multiselect", "selectbox", "slider", "text_input", "checkbox", "number_input")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the script: seconds from asking to the last message, bytes and messages received, what was wrong."""

    seconds: float
    size: int
    messages: tuple[ForwardMsg, ...]
    fault: str = ""


@dataclass
class Session:
    """One visitor. Like the browser it keeps messages that may be kept and tells the server that it has them."""

    url: str
    query: str = "lang=zh"
    color_scheme: str = "light"
    cookie: str = ""
    _socket: websockets.ClientConnection | None = field(default=None, init=False)
    _page: str = field(default="", init=False)
    _known: dict[str, int] = field(default_factory=dict, init=False)
    _runs: int = field(default=0, init=False)
    _chosen: dict[str, str | Sequence[str]] = field(default_factory=dict, init=False)
    widgets: dict[str, str] = field(default_factory=dict, init=False)

    async def __aenter__(self) -> Self:
        headers = {"Origin": self.url, **({"Cookie": self.cookie} if self.cookie else {})}
        self._socket = await websockets.connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            additional_headers=headers,
            max_size=None,
            open_timeout=_DEADLINE,
            compression=None,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def open(self, page_id: str) -> Run:
        """Open a page as a deep link does: its name goes with the first question."""
        return await self._ask("" if page_id == "overview" else page_id)

    async def change(self, key: str, value: str | Sequence[str]) -> Run:
        """Set a widget, named by its key in the product, to the label or labels that a visitor would choose."""
        self._chosen[self.widgets[key]] = value
        return await self._ask()

    async def _ask(self, page_name: str = "") -> Run:
        if self._socket is None:
            raise RuntimeError("not connected")
        message = BackMsg()
        ask = message.rerun_script
        ask.query_string, ask.page_script_hash, ask.page_name = self.query, self._page, page_name
        ask.cached_message_hashes.extend(self._known)
        info = ask.context_info
        info.timezone, info.timezone_offset, info.locale = "Asia/Shanghai", -480, "zh-CN"
        info.url, info.color_scheme = f"{self.url}/{page_name}", self.color_scheme
        for widget_id, value in self._chosen.items():
            state = ask.widget_states.widgets.add()
            state.id = widget_id
            if isinstance(value, str):
                state.string_value = value
            else:
                state.string_array_value.data.extend(value)
        started = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        return await self._receive(started)

    async def _receive(self, started: float) -> Run:
        if self._socket is None:
            raise RuntimeError("not connected")
        size, messages, fault = 0, [], ""
        self._runs += 1
        while True:
            data = await asyncio.wait_for(self._socket.recv(), _DEADLINE)
            size += len(data)
            message = ForwardMsg()
            message.ParseFromString(data if isinstance(data, bytes) else data.encode())
            messages.append(message)
            self._keep(message)
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self._page = message.navigation.page_script_hash
            elif kind == "page_not_found":
                fault = "page not found"
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "delta":
                fault = self._look(message) or fault
            elif kind == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                return Run(time.perf_counter() - started, size, tuple(messages), fault)

    def _keep(self, message: ForwardMsg) -> None:
        if message.metadata.cacheable and message.hash:
            self._known[message.hash] = self._runs
        elif message.ref_hash:
            self._known[message.ref_hash] = self._runs
        # The browser lets go of what two runs in a row did not show.
        self._known = {name: run for name, run in self._known.items() if self._runs - run < 2}

    def _look(self, message: ForwardMsg) -> str:
        if message.delta.WhichOneof("type") != "new_element":
            return ""
        element = message.delta.new_element
        kind = element.WhichOneof("type") or ""
        if kind in _WIDGETS:
            widget_id = str(getattr(element, kind).id)
            self.widgets[widget_id.rsplit("-", 1)[-1]] = widget_id
        if kind == "exception":
            return str(element.exception.message)
        if kind == "alert" and element.alert.format == element.alert.ERROR:
            return str(element.alert.body)
        return ""


def wait_for(work: Coroutine[Any, Any, _T]) -> _T:
    """Return what the work gives, run in a thread of its own: the caller's may have a loop, as with Playwright."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()
