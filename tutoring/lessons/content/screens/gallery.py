"""Finds the pictures of screens in the HTML of steps, and lays all of them out on one page for editors."""

import re
from collections.abc import Iterator
from html import escape, unescape

from tutoring.lessons.content.types import LessonContent

FIGURE = re.compile(r'(<figure class="screen">.*?</figure>)', re.DOTALL)
_LAYOUT = """
body{display:block;padding:var(--s4);background:var(--ground);color:var(--ink)}
body{font:1.0625rem/1.6 var(--font);overflow-wrap:anywhere}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(17rem,100%),1fr));gap:var(--s4)}
.said{font-size:var(--text-s)}
section{break-inside:avoid}
h2{break-after:avoid;padding-top:1rem}
"""


def figures(html: str) -> list[str]:
    """Returns the HTML of each picture of a screen in a step."""
    return FIGURE.findall(html)


def alt_text(figure: str) -> str:
    """Returns what a screen reader says of a picture, as plain text."""
    found = re.search(r'aria-label="([^"]*)"', figure)
    return unescape(found[1]) if found else ""


def sheet(bank: LessonContent, css: str, lang: str) -> str:
    """Returns a page of HTML with every picture of the lessons in a language, without any other file."""
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Hình màn hình trong bài học</title><style>{css}{_LAYOUT}</style>\n"
        f"<body>{''.join(_sections(bank, lang))}</body></html>\n"
    )


def _sections(bank: LessonContent, lang: str) -> Iterator[str]:
    for lesson in bank.lessons:
        drawn = [(step, one) for step in lesson.steps for one in figures(step.text(lang).html)]
        if not drawn:
            continue
        title = lesson.texts.get(lang, lesson.texts["vi"]).title
        yield f"<h2>{escape(title)} ({len(drawn)})</h2><main>"
        for step, figure in drawn:
            yield f"<section><h3>{step.position}. {escape(step.text(lang).title)}</h3>{figure}"
            yield f'<p class="said">{escape(alt_text(figure))}</p></section>\n'
        yield "</main>\n"
