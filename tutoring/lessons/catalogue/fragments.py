"""A step as a piece of HTML, for its own page and for pages of other features such as the room."""

import uuid
from collections.abc import Callable
from dataclasses import replace

from flask import current_app
from flask_babel import force_locale
from markupsafe import Markup

from tutoring.lessons.catalogue.localized import StepText
from tutoring.lessons.catalogue.queries import find_step
from tutoring.lessons.catalogue.sentence_markup import marked
from tutoring.lessons.progress import checkpoints

Answers = dict[str, tuple[list[str], checkpoints.Verdict | None]]
Sent = Callable[[str], list[str]]


def answers_to(text: StepText, sent: Sent) -> Answers:
    """What was answered to the checkpoints of a step, by checkpoint; no verdict where nothing was chosen."""
    found: Answers = {}
    for block in text.checkpoints:
        if given := sent(block["id"]):
            chosen = checkpoints.given(block, given)
            found[block["id"]] = (chosen, checkpoints.judge(block, chosen) if chosen else None)
    return found


def step_fragment(
    slug: str, number: int, lang: str, sent: Sent | None = None, answer_at: str | None = None
) -> Markup | None:
    """Step 1, 2, 3 … of a lesson as HTML without a page around it, or None; needs an app context only.

    It fits below an <h2>: its own title is an <h3>. static/lessons/step.js fetches what is said to an answer.
    `sent` gives the answers that were chosen for a checkpoint id. With `answer_at` answers are posted to that address,
    with the step they belong to; otherwise they are judged and kept by nobody. Each sentence has its id (sentences.py).
    """
    text = find_step(slug, number, lang)
    if text is None:
        return None
    answers = answers_to(text, sent) if sent else {}
    # Without Flask's context processors: they speak of the page around it, and of a request.
    template = current_app.jinja_env.get_template("lessons/_step.html")
    with force_locale(lang):
        shown = replace(text, html=marked(text.html)[0])
        attempt = str(uuid.uuid4()) if answer_at else ""
        return Markup(template.render(step=shown, part=True, answers=answers, answer_at=answer_at, attempt=attempt))
