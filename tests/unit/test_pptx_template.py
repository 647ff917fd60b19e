"""A unit's own template: placeholders found by name, and hostile or unfit files refused with their reason."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from pptx import Presentation

from towns.exports.pptx_base import base_bytes
from towns.exports.pptx_guard import TemplateError, check_package
from towns.exports.pptx_template import open_template

TYPES = "[Content_Types].xml"
MAIN = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
BASE = base_bytes()


def changed(change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None) -> bytes:
    """Return the base file with its parts changed; None removes one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BASE)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return out.getvalue()


def same(_name: str, part: bytes) -> bytes:
    """Change nothing."""
    return part


def in_part(wanted: str, old: bytes, new: bytes) -> bytes:
    """Return the base file with a text of one part replaced."""

    def change(name: str, part: bytes) -> bytes:
        assert name != wanted or old in part
        return part.replace(old, new) if name == wanted else part

    return changed(change)


def external(where: str) -> bytes:
    """Return the base file with a link out of it in the relations of a part."""
    target = b'Target="http://example.org/a.png" TargetMode="External"'
    link = b'<Relationship Id="rId99" Type="x/image" ' + target + b"/></Relationships>"
    return in_part(where, b"</Relationships>", link)


def claiming(size: int) -> bytes:
    """Return the base file with a last part that says it unpacks to `size`."""
    blob = bytearray(changed(same, {"ppt/media/a.png": b"x"}))
    header = blob.rindex(b"PK\x01\x02")
    blob[header + 24 : header + 28] = size.to_bytes(4, "little")
    return bytes(blob)


MASTER = "ppt/slideMasters/_rels/slideMaster1.xml.rels"
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "text": (lambda: b"PK but no zip", "不是 .pptx 文件"),
    "empty": (lambda: b"", "不是 .pptx 文件"),
    "cut": (lambda: BASE[: len(BASE) // 2], "不是 .pptx 文件"),
    "ole": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "已加密"),
    "large": (lambda: b"\0" * 20_000_001, "超过 20 MB"),
    "bomb": (lambda: claiming(101_000_000), "解压后超过 100 MB"),
    "ratio": (lambda: changed(same, {"ppt/media/a.png": b"\0" * 5_000_000}), "压缩炸弹"),
    "slip": (lambda: changed(same, {"../../etc/a": b"x"}), "名称不安全"),
    "docx": (lambda: in_part(TYPES, MAIN.encode(), b"application/x.wordprocessingml.document.main+xml"), "Word"),
    "xlsx": (lambda: in_part(TYPES, MAIN.encode(), b"application/x.spreadsheetml.sheet.main+xml"), "Excel"),
    "macro": (lambda: in_part(TYPES, MAIN.encode(), b"application/x.presentation.macroEnabled.main+xml"), "宏"),
    "vba": (lambda: changed(same, {"ppt/vbaProject.bin": b"x"}), "宏"),
    "link": (lambda: external(MASTER), "文件之外"),
    "missing": (lambda: changed(lambda name, part: None if name == "ppt/theme/theme1.xml" else part), "缺少部件"),
    "entity": (lambda: in_part("ppt/presentation.xml", b"<p:presentation", b"<!DOCTYPE p><p:presentation"),
               "实体声明"),
    "no types": (lambda: changed(lambda name, part: None if name == TYPES else part), "不是 .pptx 文件"),
    "broken": (lambda: in_part("ppt/presentation.xml", b"</p:presentation>", b""), "无法读取"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_with_its_reason(name: str) -> None:
    make, reason = HOSTILE[name]
    with pytest.raises(TemplateError) as refused:
        open_template(make())
    assert reason in refused.value.text("zh")
    assert len(refused.value.text("en")) > 20


def test_a_password_is_named() -> None:
    blob = bytearray(BASE)
    # The flag of encryption in the first local and central headers.
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        blob[blob.index(mark) + place] |= 1
    with pytest.raises(TemplateError, match="encrypted"):
        check_package(bytes(blob))


def test_links_on_slides_go_with_the_slides() -> None:
    file = Presentation(io.BytesIO(BASE))
    slide = file.slides.add_slide(file.slide_layouts[1])
    slide.shapes.title.text_frame.paragraphs[0].add_run().hyperlink.address = "http://example.org/"
    out = io.BytesIO()
    file.save(out)
    base = open_template(out.getvalue())
    assert len(base.file.slides) == 0
    kept = io.BytesIO()
    base.file.save(kept)
    names = zipfile.ZipFile(kept).namelist()
    assert not [name for name in names if name.startswith("ppt/slides/")]
    assert [name for name in names if name.startswith("ppt/slideLayouts/slideLayout")]


def test_placeholders_are_found_by_chinese_names_and_by_kind() -> None:
    named = {"title": "标题 3", "body": "图表", "source": "来源", "section": "章节 12"}

    def rename(_name: str, part: bytes) -> bytes:
        text = part.decode("utf-8", "replace")
        for old, new in named.items():
            text = text.replace(f'name="{old}"', f'name="{new}"')
        return text.encode() if _name.startswith("ppt/slideLayouts/slideLayout") else part

    spots = open_template(changed(rename)).spots
    assert set(spots) == {"title", "body", "source", "section", "line", "date", "number"}
    assert (spots["body"].name, spots["section"].name, spots["date"].kind) == ("图表", "章节 12", "dt")


def test_a_layout_that_lacks_a_placeholder_is_named_with_what_it_lacks() -> None:
    def remove(name: str, part: bytes) -> bytes:
        return part.replace(b'name="source"', b'name="whatever"') if name.startswith("ppt/slideLayouts/") else part

    with pytest.raises(TemplateError) as refused:
        open_template(changed(remove))
    assert re.search("“Slide”缺少：来源。", refused.value.text("zh"))
    assert "lacks: source." in refused.value.text("en")
