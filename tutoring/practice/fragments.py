"""A screen of a rehearsal as a piece of HTML, for its own page and for pages of other features such as the room."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import current_app
from flask_babel import force_locale
from markupsafe import Markup

from tutoring.practice.showing import ShownScreen


@dataclass(frozen=True)
class Play:
    """Where a screen's form is sent, and what goes with it unseen; `token` for people who are signed in."""

    action: str
    hidden: Mapping[str, str | int] = field(default_factory=dict)
    token: bool = True


def screen_fragment(screen: ShownScreen, language: str, play: Play | None = None) -> Markup:
    """A screen below an <h2>: its own title is an <h3>. Without `play` it is only looked at: no control is one.

    Controls carry data-control: the field's id, or do:, choose: and the id of what is pressed, or back.
    """
    template = current_app.jinja_env.get_template("practice/_screen.html")
    with force_locale(language):
        return Markup(template.render(screen=screen, play=play, part=True))
