"""What stands on a page for people to press or read, found without a browser as `flask help pictures` finds it."""

from html.parser import HTMLParser

_MARKED = {"a", "button", "summary", "label", "legend", "h1", "h2", "h3"}
_VOID = {"input", "img", "br", "path", "meta", "link", "hr", "source", "use"}


class _Marks(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, list[str]]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A button that a script shows holds its words in an attribute until then.
        self.found += [value for name, value in attrs if name.startswith("data-") and value]
        if tag not in _VOID:
            self.open.append((tag, []))

    def handle_data(self, data: str) -> None:
        for _tag, words in self.open:
            words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        while self.open:
            last, words = self.open.pop()
            if last in _MARKED:
                self.found.append(" ".join("".join(words).split()))
            if last == tag:
                return


def marks(html: str) -> list[str]:
    """The words of everything that a picture may mark."""
    parser = _Marks()
    parser.feed(html)
    return parser.found
