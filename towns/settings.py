"""Settings of the running product, from the environment (prefix `TOWNS_`)."""

import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from towns.dates import today_in_shanghai
from towns.errors import TownsError

ROOT = Path(__file__).resolve().parent.parent
_APPROVAL_NO = r"^[A-Z\u4e00-\u9fff]{1,6}[(（]\d{4}[)）]\d{1,6}号$"
_KEY = re.compile(r"[0-9A-Za-z]{0,64}")


class Settings(BaseSettings):
    """Where the data and the built versions are, what day it is, where the server listens, and the optional map tiles.

    `today` fixes the day of judging for tests, pictures and benchmarks (METHODS §5); empty means today in Shanghai.
    `tianditu_key` switches the tiles of Tianditu on (`maps.tiles`); empty, the default, means that nothing on the map
    comes from another host. `tianditu_approval` is the approval number that map.tianditu.gov.cn shows at the foot of
    its map: the service renews it, so it can be set. `public_url` is the address that readers reach the product by
    (`https://towns.example.cn`): QR codes lead there; empty, the default, means there are none. A value that cannot be
    read is never repeated in an error.
    """

    model_config = SettingsConfigDict(
        env_prefix="TOWNS_", env_ignore_empty=True, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    var: Path = ROOT / "var"
    data: Path = ROOT / "data"
    today: date | None = None
    host: str = "127.0.0.1"
    port: int = 8501
    tianditu_key: SecretStr = SecretStr("")
    tianditu_approval: str = Field(default="GS(2025)1508号", pattern=_APPROVAL_NO)
    public_url: str = ""

    @field_validator("tianditu_key")
    @classmethod
    def _plain_key(cls, key: SecretStr) -> SecretStr:
        """Refuse a key with any sign but letters and digits: it becomes part of an address."""
        if not _KEY.fullmatch(key.get_secret_value()):
            raise ValueError("letters and digits only")
        return key

    @field_validator("public_url")
    @classmethod
    def _plain_address(cls, text: str) -> str:
        """Refuse what is no web address of a host, and what may not stand on a wall: a name, a password, a query."""
        address = text.strip().rstrip("/")
        if not address:
            return ""
        parts = urlsplit(address)
        # A port that is none raises ValueError when it is asked for.
        named = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        if not named or "@" in parts.netloc or set(address) & set("?#\\\"'<> ") or not address.isascii():
            raise ValueError("http or https, a host and perhaps a path")
        return address

    def current_date(self) -> date:
        """Return the day that verdicts are judged on."""
        return self.today or today_in_shanghai()


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process; TownsError names the variable that cannot be read."""
    return load_settings()


def load_settings(**overrides: object) -> Settings:
    """Return settings from the environment with `overrides` on top; TownsError where a value cannot be read."""
    try:
        return Settings.model_validate({**Settings().model_dump(), **overrides})
    except ValidationError as error:
        names = ", ".join(f"TOWNS_{str(part).upper()}" for fault in error.errors() for part in fault["loc"])
        raise TownsError(
            f"A setting cannot be read: {names}.",
            f"设置无法读取:{names}。",
            remedy="Correct or unset it.",
            remedy_zh="请更正或清除该环境变量。",
        ) from error
