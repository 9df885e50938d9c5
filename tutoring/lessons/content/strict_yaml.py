"""A strict subset of YAML in which values mean what the author typed.

It has no octal numbers, times, yes/no, repeated keys, type tags or references.
"""

import re
from collections.abc import Sequence
from typing import Any

import yaml
from yaml.composer import Composer

from tutoring.lessons.content.diagnostics import hidden

_LOOSE = {
    "tag:yaml.org,2002:bool",
    "tag:yaml.org,2002:int",
    "tag:yaml.org,2002:float",
    "tag:yaml.org,2002:merge",
}


class YamlFault(Exception):
    """The text is not YAML that this project accepts; `line` counts from 1 within the text."""

    def __init__(self, say: str, line: int) -> None:
        super().__init__(say)
        self.say = say
        self.line = line


# libyaml parses the text, which halves the time of reading all lessons. Composing is done by this class, and with
# it every check below.
_Reader: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _Loader(Composer, _Reader):  # type: ignore[misc]
    """Keeps citizen numbers, telephone numbers, fees and times as strings."""

    def __init__(self, text: str) -> None:
        _Reader.__init__(self, text)
        Composer.__init__(self)

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in rules if tag not in _LOOSE]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        say = ""
        if isinstance(event, yaml.AliasEvent):
            say = "không dùng dấu * để nhắc lại; hãy chép nội dung ra"
        elif event.tag is not None:
            say = "không dùng dấu ! trước một giá trị; hãy bỏ đi, hoặc đặt cả giá trị trong ngoặc kép"
        elif isinstance(event, yaml.ScalarEvent):
            say = hidden(event.value)  # a hidden character written as "\u202e"
        if say:
            raise YamlFault(say, event.start_mark.line + 1)
        node = super().compose_node(parent, index)
        if isinstance(node, yaml.MappingNode):
            _refuse_repeated_keys(node)
        return node


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]*)$"), list("-0123456789"))


def _day(loader: Any, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        raise YamlFault(f"không có ngày “{node.value}”; viết kiểu 2026-11-24", node.start_mark.line + 1) from None


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day)


def _refuse_repeated_keys(node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise YamlFault("tên mục phải là một từ", key.start_mark.line + 1)
        if key.value in seen:
            raise YamlFault(f"mục “{key.value}” viết hai lần; hãy giữ một", key.start_mark.line + 1)
        seen.add(key.value)


_UNCLEAR = "chỗ này máy không đọc được; đặt cả câu trong ngoặc kép, rồi xem lại dấu ngoặc, dấu phẩy và thụt đầu dòng"
# What the parser reports, and what an author does about it.
_PROBLEMS = (
    ("mapping values are not allowed", "có dấu hai chấm ở giữa câu; đặt cả câu trong ngoặc kép"),
    ("expected ',' or '}'", "trong { } thiếu dấu phẩy giữa hai mục, hoặc thiếu dấu } ở cuối"),
    ("expected ',' or ']'", "trong [ ] thiếu dấu phẩy giữa hai mục, hoặc thiếu dấu ] ở cuối"),
    ("unexpected end of stream", "có dấu ngoặc kép mở ra mà chưa đóng lại"),
    ("unexpected document", "có dấu ngoặc kép mở ra mà chưa đóng lại"),
    ("could not find expected ':'", "thiếu dấu hai chấm sau tên mục, hoặc dòng này thụt vào quá ít"),
    ("expected '-' indicator", "mục của danh sách bắt đầu bằng dấu - và thụt vào bằng nhau"),
    ("block sequence entries are not allowed", "dấu - của danh sách phải đứng đầu một dòng riêng"),
    ("expected key", "dòng này thụt vào lệch, hoặc có chữ thừa sau ngoặc kép"),
    ("tab character", "đầu dòng có dấu tab; thay bằng dấu cách"),
    ("cannot start any token", "dòng này bắt đầu bằng dấu tab, @, % hoặc dấu huyền; đặt cả câu trong ngoặc kép"),
    ("unknown escape character", "trong ngoặc kép có dấu \\; bỏ đi, hoặc viết hai dấu \\\\"),
    ("alphabetic or numeric character", "câu bắt đầu bằng dấu & hoặc *; đặt cả câu trong ngoặc kép"),
    ("single document", "có một dòng --- thừa; hãy xoá"),
    ("document start", "có chữ thừa trước hoặc sau các mục; hãy xoá"),
)


def _plain(problem: str) -> str:
    return next((say for sign, say in _PROBLEMS if sign in problem), _UNCLEAR)


class Parsed:
    """The content of a YAML text, and the line of each part."""

    def __init__(self, data: Any, node: yaml.Node | None) -> None:
        self.data = data
        self._node = node

    def line(self, path: Sequence[int | str]) -> int:
        """Returns the line (from 1) of the deepest part of `path` that exists in the text."""
        node, line = self._node, 1
        if node is not None:
            line = node.start_mark.line + 1
        for part in path:
            entry = _child(node, part)
            if entry is None:
                break
            node, line = entry
        return line


def _child(node: yaml.Node | None, part: int | str) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):  # a key may be a number
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark.line + 1
    return None


def parse(text: str) -> Parsed:
    """Parses one YAML document; raises YamlFault with the line."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        data = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlFault(_plain(str(error.problem)), mark.line + 1 if mark else 1) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise YamlFault(_UNCLEAR, 1) from None
    return Parsed(data, node)
