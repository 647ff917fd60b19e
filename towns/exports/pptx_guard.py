"""A unit's template, looked at before anything parses it: what is no harmless .pptx is refused with the reason.

check_package(blob)      # TemplateError, or nothing
"""

import io
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from typing import Final
from urllib.parse import unquote

from towns.errors import TownsError

#: The largest file, the most it may unpack to, the most parts, and how many times a large part may shrink.
MOST_BYTES: Final = 20_000_000
MOST_UNPACKED: Final = 100_000_000
_MOST_PARTS: Final = 5_000
_MOST_RATIO: Final = 150
_LARGE: Final = 1_000_000
#: Compressed and unpacked parts of XML are small in a template; a larger one is not read.
_MOST_XML: Final = 20_000_000
_PRESENTATION: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOCTYPE: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_KINDS: Final = {
    "wordprocessingml": ("a Word document", "Word 文档"),
    "spreadsheetml": ("an Excel workbook", "Excel 工作簿"),
    "presentationml.template": ("a PowerPoint template (.potx)", "PowerPoint 模板（.potx）"),
    "presentationml.slideshow": ("a slide show (.ppsx)", "放映文件（.ppsx）"),
}


class TemplateError(TownsError):
    """A template cannot be used; the text says why."""


def check_package(blob: bytes) -> None:
    """Raise TemplateError unless a file is a .pptx without macros, links to elsewhere, bombs and missing parts."""
    if len(blob) > MOST_BYTES:
        raise _refuse("it is larger than 20 MB", "文件超过 20 MB")
    if blob.startswith(_OLE):
        raise _refuse(
            "it is encrypted or in the old .ppt format", "文件已加密，或为旧版 .ppt 格式",
            "Remove the password and save it as .pptx.", "请取消密码并另存为 .pptx。",
        )  # fmt: skip
    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            names = _check_archive(archive)
            _check_types(archive, names)
            _check_parts(archive, names)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ET.ParseError, UnicodeDecodeError) as error:
        raise _refuse(
            "it is no .pptx file, or a damaged one", "不是 .pptx 文件，或文件已损坏",
            "Open it in PowerPoint or WPS and save it as .pptx.", "请在 PowerPoint 或 WPS 中打开并另存为 .pptx。",
        ) from error  # fmt: skip
    except RuntimeError as error:
        # What zipfile raises for a part under a password.
        raise _refuse("parts of it are encrypted", "文件中有加密内容") from error


def _refuse(reason: str, reason_zh: str, remedy: str = "", remedy_zh: str = "") -> TemplateError:
    return TemplateError(
        f"The template is refused: {reason}.", f"模板未被接受：{reason_zh}。", remedy=remedy, remedy_zh=remedy_zh
    )


def _check_archive(archive: zipfile.ZipFile) -> frozenset[str]:
    """Return the names of the parts; nothing is unpacked yet."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > _MOST_PARTS:
        raise _refuse(f"it has more than {_MOST_PARTS} parts", f"文件内部件超过 {_MOST_PARTS} 个")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise _refuse("unpacked it is larger than 100 MB", "解压后超过 100 MB")
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise _refuse("parts of it are encrypted", "文件中有加密内容")
        if entry.file_size > _LARGE and entry.file_size > _MOST_RATIO * max(entry.compress_size, 1):
            raise _refuse("it is compressed like a zip bomb", "压缩比异常，疑为压缩炸弹")
        name = entry.filename
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise _refuse("a part of it has an unsafe name", "文件内部件的名称不安全")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise _refuse("two parts of it have one name", "文件内有同名部件")
    return frozenset(names)


def _check_types(archive: zipfile.ZipFile, names: frozenset[str]) -> None:
    """Refuse what is no presentation, and what holds macros or programs."""
    if "[Content_Types].xml" not in names:
        raise _refuse("it is no .pptx file", "不是 .pptx 文件")
    types = " ".join(
        node.get("ContentType", "")
        for node in ET.fromstring(_read(archive, "[Content_Types].xml"))  # noqa: S314
    )
    if "macroEnabled" in types or "vbaProject" in types or any(name.endswith("vbaProject.bin") for name in names):
        raise _refuse("it holds macros", "文件含有宏", "Save it as .pptx without macros.", "请另存为不含宏的 .pptx。")
    if any("/activex/" in name.lower() for name in names):
        raise _refuse("it holds ActiveX controls", "文件含有 ActiveX 控件")
    if _PRESENTATION not in types.split():
        for part, (kind, kind_zh) in _KINDS.items():
            if part in types:
                raise _refuse(
                    f"it is {kind}, not a .pptx file", f"这是 {kind_zh}，不是 .pptx 文件", "Save it as .pptx.",
                    "请另存为 .pptx。",
                )  # fmt: skip
        raise _refuse("it is no .pptx file", "不是 .pptx 文件")


def _check_parts(archive: zipfile.ZipFile, names: frozenset[str]) -> None:
    """Refuse declarations in XML, links out of the file, and relations to parts that are not there."""
    lower = {name.lower() for name in names}
    for name in sorted(names):
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        text = _read(archive, name)
        if not name.endswith(".rels"):
            continue
        for relation in ET.fromstring(text):  # noqa: S314  (no document type: see _read)
            target = relation.get("Target", "")
            if relation.get("TargetMode") == "External":
                if _is_slide(name):
                    continue
                raise _refuse(
                    f"its master or layouts link to something outside the file ({target[:60]})",
                    f"其母版或版式链接到文件之外（{target[:60]}）",
                    "Embed or remove what is linked.", "请嵌入或删除所链接的内容。",
                )  # fmt: skip
            where = posixpath.dirname(posixpath.dirname(name))
            part = posixpath.normpath(posixpath.join("/", where, unquote(target))).lstrip("/")
            if target not in ("NULL", "") and part.lower() not in lower:
                raise _refuse(f"a part is missing ({part[:80]})", f"缺少部件（{part[:80]}）")


def _is_slide(name: str) -> bool:
    """Return whether relations belong to a slide or its notes, which are removed with all that they link to."""
    return name.startswith(("ppt/slides/", "ppt/notesSlides/", "ppt/comments/"))


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _MOST_XML:
        raise _refuse(f"a part is too large ({name[:80]})", f"部件过大（{name[:80]}）")
    text = archive.read(name)
    if _DOCTYPE.search(text.replace(b"\0", b"")):
        raise _refuse("it declares a document type or entities", "文件含有文档类型或实体声明")
    return text
