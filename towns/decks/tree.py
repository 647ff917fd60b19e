"""YAML read as plain nodes that know their line: mappings, lists and texts, nothing else.

Nothing is constructed and nothing resolved: a tag, an anchor or an alias is refused where it stands, and every scalar
is a text. So no file can make an object, multiply itself or turn `no` into a truth value.
"""

from dataclasses import dataclass, field
from typing import Final

import yaml

from towns.decks.errors import DeckError, deck_error

#: deck → sections → section → slides → slide → text: no deck needs more.
_DEEPEST: Final = 8
#: 200 slides in 50 sections with every field in both languages make 5,200.
_MOST_NODES: Final = 6_000


@dataclass(slots=True)
class Node:
    """One node: a text (`text` set), a mapping (`pairs`) or a list (`items`); `line` counts from 1."""

    line: int
    text: str | None = None
    pairs: "dict[str, Node] | None" = None
    items: "list[Node] | None" = None
    #: The line of each key, for faults of the key itself.
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Return `text`, `mapping` or `list`."""
        return "mapping" if self.pairs is not None else "list" if self.items is not None else "text"


def read_tree(text: str) -> Node:
    """Return the one document of a YAML text; DeckError names the line of what cannot be read or is refused."""
    try:
        return _read(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else None
        raise deck_error("characters", line=line) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        tab = "\\t" in (error.problem or "") or _indented_by_tab(text, line)
        raise deck_error("tab" if tab else "syntax", line=line) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise deck_error("syntax") from error


def _indented_by_tab(text: str, line: int | None) -> bool:
    lines = text.splitlines()
    return line is not None and line <= len(lines) and "\t" in lines[line - 1][: _indent(lines[line - 1])]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _read(text: str) -> Node:
    root: Node | None = None
    stack: list[Node] = []
    #: The key that waits for its value, one a mapping of the stack.
    keys: list[tuple[str, int] | None] = []
    nodes = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise deck_error("documents", line=line)
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            keys.pop()
        if not isinstance(event, yaml.NodeEvent):
            continue
        _refuse_references(event, line)
        nodes += 1
        if nodes > _MOST_NODES:
            raise deck_error("nodes", line=line, most=_MOST_NODES)
        if stack and stack[-1].pairs is not None and keys[-1] is None:
            keys[-1] = (_key(event, stack[-1], line), line)
            continue
        node = _node(event, line)
        if not stack:
            root = node
        elif stack[-1].items is not None:
            stack[-1].items.append(node)
        else:
            _put(stack[-1], keys, node)
        if node.text is None:
            if len(stack) >= _DEEPEST:
                raise deck_error("deep", line=line, most=_DEEPEST)
            stack.append(node)
            keys.append(None)
    if root is None:
        raise deck_error("empty")
    return root


def _put(mapping: Node, keys: list[tuple[str, int] | None], node: Node) -> None:
    waiting = keys[-1]
    if waiting is not None and mapping.pairs is not None:
        mapping.pairs[waiting[0]], mapping.lines[waiting[0]] = node, waiting[1]
        keys[-1] = None


def _refuse_references(event: yaml.NodeEvent, line: int) -> None:
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise deck_error("alias", line=line)
    if getattr(event, "tag", None) is not None:
        raise deck_error("tag", line=line)


def _key(event: yaml.NodeEvent, mapping: Node, line: int) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        raise deck_error("key", line=line)
    name = str(event.value)
    if name in (mapping.pairs or {}):
        raise deck_error("twice", line=line, field=name, first=mapping.lines[name])
    return name


def _node(event: yaml.NodeEvent, line: int) -> Node:
    if isinstance(event, yaml.MappingStartEvent):
        return Node(line, pairs={})
    if isinstance(event, yaml.SequenceStartEvent):
        return Node(line, items=[])
    text = str(event.value) if isinstance(event, yaml.ScalarEvent) else ""
    plain = isinstance(event, yaml.ScalarEvent) and event.style is None
    return Node(line, text="" if plain and text in {"~", "null"} else text)


__all__ = ["DeckError", "Node", "read_tree"]
