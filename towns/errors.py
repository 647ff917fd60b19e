"""Faults and errors that are meant to be read by a person."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of the data: where it is, which rule it breaks and how to mend it."""

    file: str
    row: int | None
    column: str | None
    rule: str
    value: str | None
    message: str
    message_zh: str

    def as_dict(self) -> dict[str, object]:
        """Return the fault as a plain dict, in the order of its fields."""
        return asdict(self)


class TownsError(Exception):
    """An error whose text may be shown: one line in English and one in Chinese.

    `remedy` texts say what the reader can do about it.
    """

    def __init__(self, message: str, message_zh: str, *, remedy: str = "", remedy_zh: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.message_zh = message_zh
        self.remedy = remedy
        self.remedy_zh = remedy_zh

    def text(self, lang: str) -> str:
        """Return the message with its remedy in the language `zh` or `en`."""
        parts = (self.message_zh, self.remedy_zh) if lang == "zh" else (self.message, self.remedy)
        return ("" if lang == "zh" else " ").join(part for part in parts if part)


class DataFaultsError(TownsError):
    """The data package breaks its rules; carries every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults in the data", f"数据有 {len(faults)} 处错误")
        self.faults = sorted(faults, key=lambda f: (f.file, f.row or 0, f.column or "", f.rule))


class NotFoundError(TownsError):
    """Something that was asked for by its id does not exist."""
