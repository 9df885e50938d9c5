"""The form of a page as a browser without scripts would post it."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self._id = form_id
        self._inside = False
        self._area: str | None = None
        self._text = ""
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self._inside = has.get("id") == self._id
        name = has.get("name") or ""
        if not self._inside:
            return
        if tag == "input" and name and not (has.get("type") == "checkbox" and "checked" not in has):
            self.fields.append((name, has.get("value") or ""))
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append((has.get("value") or "", "selected" in has))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._area is not None:
            self.fields.append((self._area, self._text.removeprefix("\n").replace("\n", "\r\n")))
            self._area = None
        elif tag == "select" and self._select is not None:
            chosen = next((value for value, is_chosen in self._options if is_chosen), None)
            self.fields.append((self._select, self._options[0][0] if chosen is None else chosen))
            self._select = None


def posted(page: str, form_id: str = "write") -> dict[str, list[str]]:
    """Returns the fields of a form by name, as they stand in the page."""
    parser = _Form(form_id)
    parser.feed(page)
    found: dict[str, list[str]] = {}
    for name, value in parser.fields:
        found.setdefault(name, []).append(value)
    return found
