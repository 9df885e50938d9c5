"""Drawings over pictures in words, for whoever does not see them: what was drawn, and in which of nine places."""

from flask_babel import gettext

from tutoring.kernel.text import N_
from tutoring.rooms.shapes import Shape, place

PLACE_NAMES = (  # row after row, as shapes.place counts
    N_("góc trên bên trái"),
    N_("phía trên"),
    N_("góc trên bên phải"),
    N_("bên trái"),
    N_("giữa"),
    N_("bên phải"),
    N_("góc dưới bên trái"),
    N_("phía dưới"),
    N_("góc dưới bên phải"),
)


def places() -> list[str]:
    """The names of the nine places, for tools that speak of them."""
    return [str(gettext(name)) for name in PLACE_NAMES]


def in_words(shapes: list[Shape], name: str) -> str:
    """One drawing as a sentence; a name of "" stands for whoever reads it."""
    what = "; ".join(_shape(one) for one in shapes)
    if not name:
        return str(gettext("Bạn đánh dấu: %(what)s.", what=what))
    return str(gettext("%(name)s đánh dấu: %(what)s.", name=name, what=what))


def _shape(shape: Shape) -> str:
    where = str(gettext(PLACE_NAMES[place(shape["to"] if shape["kind"] == "arrow" else shape["at"])]))
    if shape["kind"] == "arrow":
        return str(gettext("mũi tên chỉ vào %(place)s", place=where))
    if shape["kind"] == "circle":
        return str(gettext("khoanh tròn ở %(place)s", place=where))
    if shape["kind"] == "number":
        return str(gettext("số %(number)s ở %(place)s", number=shape["number"], place=where))
    return str(gettext("chữ “%(text)s” ở %(place)s", text=shape["text"], place=where))
