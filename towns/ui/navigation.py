"""The pages of the product and the navigation that lists those that exist."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit as st

from towns.i18n import t
from towns.model import Lang

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

_PAGES_DIR: Final = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page: its id is the file's stem and its address; title and help are interface strings."""

    page_id: str
    section: str
    icon: str

    @property
    def title_key(self) -> str:
        """Return the key of the page's title."""
        return f"shell.page_{self.page_id}"

    @property
    def help_key(self) -> str:
        """Return the key of the sentence that says what the page is for."""
        return f"shell.page_{self.page_id}_help"

    @property
    def path(self) -> Path:
        """Return the page's file."""
        return _PAGES_DIR / f"{self.page_id}.py"


#: In the order of the menu; the first is the default page.
PAGES: Final[tuple[PageSpec, ...]] = (
    PageSpec("overview", "browse", "🧭"),
    PageSpec("map", "browse", "🗺️"),
    PageSpec("town", "browse", "🏘️"),
    PageSpec("targets", "browse", "🎯"),
    PageSpec("assessment", "browse", "🏅"),
    PageSpec("trends", "analyse", "📈"),
    PageSpec("industries", "analyse", "🏭"),
    PageSpec("compare", "analyse", "⚖️"),
    PageSpec("explore", "analyse", "🧪"),
    PageSpec("scenario", "analyse", "🔭"),
    PageSpec("present", "present", "🎬"),
    PageSpec("briefing", "present", "📝"),
    PageSpec("sources", "data", "📚"),
)


def existing_pages() -> tuple[PageSpec, ...]:
    """Return the specs whose file exists."""
    return tuple(spec for spec in PAGES if spec.path.is_file())


def build_pages(lang: Lang) -> dict[str, "StreamlitPage"]:
    """Return the st.Page of each existing page by its id; the first one is the default and answers at /."""
    specs = existing_pages()
    return {
        spec.page_id: st.Page(
            spec.path,
            title=t(spec.title_key, lang),
            icon=spec.icon,
            url_path=spec.page_id,
            default=spec is specs[0],
            help=t(spec.help_key, lang),
        )
        for spec in specs
    }


def sections(pages: dict[str, "StreamlitPage"], lang: Lang) -> dict[str, list["StreamlitPage"]]:
    """Return the pages under their section titles, without empty sections."""
    grouped: dict[str, list[StreamlitPage]] = {}
    for spec in existing_pages():
        grouped.setdefault(t(f"shell.section_{spec.section}", lang), []).append(pages[spec.page_id])
    return grouped
