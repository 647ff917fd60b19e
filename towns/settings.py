"""Settings of the running product, from the environment (prefix `TOWNS_`)."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from towns.dates import today_in_shanghai
from towns.errors import TownsError

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Where the data and the built versions are, what day it is and where the server listens.

    `today` fixes the day of judging for tests, pictures and benchmarks (METHODS §5); empty means today in Shanghai.
    """

    model_config = SettingsConfigDict(env_prefix="TOWNS_", env_ignore_empty=True, frozen=True, extra="ignore")

    var: Path = ROOT / "var"
    data: Path = ROOT / "data"
    today: date | None = None
    host: str = "127.0.0.1"
    port: int = 8501

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
