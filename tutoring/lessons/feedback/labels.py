"""The reasons why a step was not useful, as the reader sees them."""

from flask_babel import lazy_gettext as _l

WHY = {
    "words": _l("Chữ khó hiểu"),
    "screen": _l("Màn hình của tôi khác"),
    "picture": _l("Hình không rõ"),
    "long": _l("Dài quá"),
    "failed": _l("Làm theo mà không được"),
}
