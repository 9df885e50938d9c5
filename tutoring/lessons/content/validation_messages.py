"""Translates pydantic's validation errors into messages for lesson authors."""

from typing import Any

from pydantic import ValidationError

from tutoring.lessons.content.strict_yaml import Parsed

MAX_ERRORS = 50  # errors shown at once; the author sees the rest after fixing these


def problems(error: ValidationError, parsed: Parsed) -> list[tuple[int, str, str]]:
    """Returns (line in the text, code, message) of each validation error."""
    found = []
    for one in error.errors(include_url=False)[:MAX_ERRORS]:
        loc = ["schema" if part == "schema_" else part for part in one["loc"]]
        if loc and loc[0] == "items":  # a list of mistakes is written without this key
            loc = loc[1:]
        found.append((parsed.line(loc), *_words(one, ".".join(str(part) for part in loc))))
    return found


def _words(one: Any, name: str) -> tuple[str, str]:
    context = one.get("ctx", {})
    if one["type"] == "content":
        return context["code"], context["say"]
    pairs = f"“{name}” phải là các mục tên: giá trị, như {{vi: …, en: …}}" if name else "tệp này không có mục nào"
    say = {
        "missing": f"thiếu mục “{name}”",
        "extra_forbidden": f"không có mục nào tên “{name}”; hãy sửa chính tả hoặc xoá",
        "string_too_long": f"“{name}” dài quá {context.get('max_length')} ký tự",
        "string_too_short": f"“{name}” ngắn hơn {context.get('min_length')} ký tự",
        "too_short": f"“{name}” cần ít nhất {context.get('min_length')} mục",
        "too_long": f"“{name}” nhiều quá {context.get('max_length')} mục",
        "literal_error": f"“{name}” phải là {context.get('expected')}",
        "string_pattern_mismatch": f"“{name}” viết sai mẫu (chữ thường không dấu, số, gạch nối)",
        "string_type": f"“{name}” phải là chữ; hãy đặt trong dấu ngoặc kép",
        "int_type": f"“{name}” phải là số nguyên, không có số 0 ở đầu, không đặt trong ngoặc kép",
        "bool_type": f"“{name}” phải là true hoặc false",
        "date_type": f"“{name}” phải là ngày kiểu 2026-11-24",
        "model_type": pairs,
        "dict_type": pairs,
        "list_type": f"“{name}” phải là một danh sách",
        "greater_than_equal": f"“{name}” nhỏ nhất là {context.get('ge')}",
        "less_than_equal": f"“{name}” lớn nhất là {context.get('le')}",
    }.get(one["type"], f"“{name}” viết sai; xem một bước khác làm mẫu")
    return one["type"].replace("_", "-"), say
