"""A step as a piece of HTML, for pages of other features such as the room."""

from flask import render_template
from flask_babel import force_locale
from markupsafe import Markup

from tutoring.lessons.queries import find_step


def step_fragment(slug: str, number: int, lang: str) -> Markup | None:
    """Step 1, 2, 3 … of a lesson as HTML without a page around it, or None; needs an app context only.

    It fits below an <h2>: its own title is an <h3>. static/lessons/step.js fetches what is said to an answer.
    """
    text = find_step(slug, number, lang)
    if text is None:
        return None
    with force_locale(lang):
        return Markup(render_template("lessons/_step.html", step=text, part=True, answers={}))
