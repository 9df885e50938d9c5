"""Renders a step as an HTML fragment, for its own page and other pages such as the room."""

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
SentAnswers = Callable[[str], list[str]]


def answers_to(text: StepText, sent: SentAnswers) -> Answers:
    """Returns the answers to the checkpoints of a step, by checkpoint id.

    The verdict is None where no option was chosen.
    """
    found: Answers = {}
    for block in text.checkpoints:
        if given := sent(block["id"]):
            chosen = checkpoints.given(block, given)
            found[block["id"]] = (chosen, checkpoints.grade_answer(block, chosen) if chosen else None)
    return found


def step_fragment(
    slug: str, number: int, lang: str, sent: SentAnswers | None = None, answer_at: str | None = None
) -> Markup | None:
    """Returns step 1, 2, 3 … of a lesson as an HTML fragment, or None.

    It needs only an app context. The fragment fits below an <h2>: its title is an <h3>. static/lessons/progress/step.js
    fetches the feedback to an answer. `sent` returns the chosen answers for a checkpoint id. With `answer_at` the
    answers are posted to that address, with the step they belong to. Without it answers are neither graded nor
    stored. Each sentence has an id (sentence_markup.py).
    """
    text = find_step(slug, number, lang)
    if text is None:
        return None
    answers = answers_to(text, sent) if sent else {}
    # Flask's context processors are skipped: they need a request and describe the surrounding page.
    template = current_app.jinja_env.get_template("lessons/catalogue/_step.html")
    with force_locale(lang):
        shown = replace(text, html=marked(text.html)[0])
        attempt = str(uuid.uuid4()) if answer_at else ""
        return Markup(template.render(step=shown, part=True, answers=answers, answer_at=answer_at, attempt=attempt))
