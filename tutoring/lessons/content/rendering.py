"""Renders the Markdown of a step as sanitised HTML."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import nh3
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from tutoring.lessons.content.markdown import LEADS, lead_of, parser

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
        """Returns the HTML of a step with only the allowed tags, followed by the text of `note`.

        `note` is called after rendering, when the used facts are known.
        """
        parts = [self._block(list(tokens))]
        said = note()
        if said:
            parts.append(f'<p class="fact-note"><small>{_escape(said)}</small></p>\n')
        return nh3.clean(
            "".join(parts),
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
        return f'<p class="step-{lead}">{self._inline(inline)}</p>\n' if lead else f"<p>{self._inline(inline)}</p>\n"

    def _figure(self, src: str) -> str:
        picture = self._picture(src)
        if picture is None:
            return ""
        size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
        caption = f"<figcaption>{_escape(picture.long)}</figcaption>" if picture.long else ""
        image = f'<img src="{_escape(picture.src)}" alt="{_escape(picture.alt)}"{size} decoding="async">'
        return f'<figure class="picture">{image}{caption}</figure>\n'

    def _inline(self, token: Token) -> str:
        for child in token.children or []:
            if child.type == "link_open":
                child.attrSet("href", self._link(str(child.attrGet("href") or "")) or "")
            if child.type == "text":
                child.content = self._fact(child.content)
        shown = [child for child in token.children or [] if child.type != "image"]
        return _renderer.renderInline(shown, parser.options, {})


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
