"""The QR code of a view: drawn here, as SVG, so that nothing about a view is told to anyone.

qr_svg("https://towns.example.cn/map?lang=zh")     # None where the address is too long to be read off a wall
"""

from base64 import b64encode
from html import escape
from io import BytesIO
from typing import Final

import segno
import streamlit as st

from towns.i18n import t
from towns.settings import get_settings
from towns.ui.context import Context

#: Longer addresses make modules too small for a telephone in the back rows.
LONGEST: Final = 300
#: Light modules around the code, as the standard asks for; without them many telephones find nothing.
_QUIET: Final = 4
#: The side of the code on a page, in pixels.
_SIDE: Final = 220


def public_address(address: str) -> str | None:
    """Return the public address of an in-app address (`/map?lang=zh`), None where the operator set no PUBLIC_URL."""
    public = get_settings().public_url
    if not public:
        return None
    # Where the product is served below a folder, both name it.
    folder = "/" + str(st.get_option("server.baseUrlPath") or "").strip("/")
    if folder != "/" and public.endswith(folder):
        public = public.removesuffix(folder)
    return f"{public}{address}"


def qr_svg(address: str) -> str | None:
    """Return the code of an address as an SVG without size (dark on white, error level M); None if it is too long.

    An in-app address (`/map?lang=zh`) is led to the public one; None also where there is no such.
    """
    full = public_address(address) if address.startswith("/") else address
    if not full or len(full) > LONGEST:
        return None
    out = BytesIO()
    code = segno.make(full, error="m", micro=False, boost_error=False)
    code.save(out, kind="svg", border=_QUIET, dark="#000000", light="#ffffff", xmldecl=False, svgns=True, omitsize=True)
    return out.getvalue().decode()


def show_qr(ctx: Context, address: str) -> None:
    """Draw the code of an in-app address with that address below, or say why there is none and what to do."""
    lang = ctx.lang
    full = public_address(address)
    if full is None:
        st.caption(t("decks.qr_no_url", lang))
        return
    drawn = qr_svg(full)
    if drawn is None:
        st.caption(t("decks.qr_long", lang, n=len(full), most=LONGEST))
        return
    # As a picture: Streamlit takes an SVG out of the HTML that it is given.
    source = f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}"
    label = escape(t("decks.qr_alt", lang))
    st.html(f'<img src="{source}" alt="{label}" width="{_SIDE}" height="{_SIDE}" style="max-width: 100%;">')
    st.code(full, language=None, wrap_lines=True)
