"""Renders the Markdown of a step as sanitised HTML."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import nh3
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from tutoring.lessons.content.markdown import LEADS, SHOWN_LEADS, lead_of, parser

_TAGS = {
    "p", "strong", "em", "ul", "ol", "li", "a", "img", "h3", "code", "blockquote", "br", "figure", "figcaption",
    "small",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "loading", "decoding"},
    "ol": {"start"},
}
_CLASSES = {"p": {f"step-{name}" for name in LEADS} | {"fact-note"}, "figure": {"picture"}}
_SEES = re.compile(r"^\s*thấy (?=\w|“|<)", re.IGNORECASE)
_renderer = RendererHTML()


@dataclass(frozen=True)
class Picture:
    """The attributes of a picture on the page."""

    src: str
    alt: str
    long: str | None
    width: int | None
    height: int | None


class Renderer:
    """Renders the tokens of a step as HTML; callbacks resolve pictures, links and facts."""

    def __init__(
        self,
        picture: Callable[[str], Picture | None],
        link: Callable[[str], str | None],
        fact: Callable[[str], str],
    ) -> None:
        self._picture = picture
        self._link = link
        self._fact = fact

    def html(self, tokens: Sequence[Token], note: Callable[[], str]) -> str:
        """Returns the HTML of a step in one piece (see `pieces`)."""
        return self.pieces(tokens, note, ())[0][1]

    def pieces(self, tokens: Sequence[Token], note: Callable[[], str], cuts: Collection[str]) -> list[tuple[str, str]]:
        """Returns the HTML of a step with only the allowed tags, followed by the text of `note`.

        It comes in pieces, each with the part of a step (find, right, else) that it begins with: the first, of "", and
        one for each part in `cuts` that the step has. `note` is called after rendering, when the used facts are known.
        """
        row, start, name = list(tokens), 0, ""
        found: list[tuple[str, str]] = []
        for n, token in enumerate(row[:-1]):
            lead = lead_of(row[n + 1]) if token.type == "paragraph_open" and token.level == 0 else None
            if lead in cuts and lead not in {one for one, _ in found} | {name}:
                found.append((name, self._block(row[start:n])))
                start, name = n, str(lead)
        last = self._block(row[start:])
        said = note()
        if said:
            last += f'<p class="fact-note"><small>{_escape(said)}</small></p>\n'
        return [(one, self._clean(html)) for one, html in (*found, (name, last))]

    @staticmethod
    def _clean(html: str) -> str:
        return nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            allowed_classes=_CLASSES,
            url_schemes={"https"},
            link_rel="noopener",
        )

    def _block(self, tokens: list[Token]) -> str:
        out = []
        n = 0
        while n < len(tokens):
            token = tokens[n]
            if token.type == "paragraph_open" and not token.hidden and tokens[n + 1].type == "inline":
                out.append(self._paragraph(tokens[n + 1]))
                n += 3
                continue
            if token.type == "inline":
                out.append(self._inline(token))
            else:
                out.append(_renderer.render([token], parser.options, {}))
            n += 1
        return "".join(out)

    def _paragraph(self, inline: Token) -> str:
        children = inline.children or []
        if len(children) == 1 and children[0].type == "image":
            return self._figure(str(children[0].attrGet("src") or ""))
        lead = lead_of(inline)
        html = self._inline(inline)
        return f'<p class="step-{lead}">{_with_shown_lead(html)}</p>\n' if lead else f"<p>{html}</p>\n"

    def _figure(self, src: str) -> str:
        picture = self._picture(src)
        if picture is None:
            return ""
        size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
        caption = f"<figcaption>{_escape(picture.long)}</figcaption>" if picture.long else ""
        image = f'<img src="{_escape(picture.src)}" alt="{_escape(picture.alt)}"{size} decoding="async">'
        return f'<figure class="picture">{image}{caption}</figure>\n'

    def _inline(self, token: Token) -> str:
        shown = [self._filled(child) for child in token.children or [] if child.type != "image"]
        return _renderer.renderInline(shown, parser.options, {})

    def _filled(self, child: Token) -> Token:
        """Returns the token with its address or facts; the parsed text itself is shared by all who read it."""
        if child.type == "link_open":
            return child.copy(attrs={**child.attrs, "href": self._link(str(child.attrGet("href") or "")) or ""})
        return child.copy(content=self._fact(child.content)) if child.type == "text" else child


def _with_shown_lead(html: str) -> str:
    """Returns the paragraph of a part with the words that readers see in place of its marker."""
    for marker, shown in SHOWN_LEADS.items():
        if html.startswith(start := f"<strong>{marker}</strong>"):
            rest = html.removeprefix(start)
            if shown.endswith("thấy:"):  # it would be said twice
                rest = _SEES.sub(" ", rest)
            return f"<strong>{shown}</strong>{rest}"
    return html


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
