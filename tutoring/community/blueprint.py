"""The blueprint of units; its routes are in the `views` modules."""

from flask import Blueprint

from tutoring.community.labels import DUTY_PLACE_WORDS, ROLE_MEANS, hour, role_word
from tutoring.kernel.text import show_phone


def contact(text: str) -> str:
    """Formats a phone number in groups; returns an email address unchanged."""
    return show_phone(text) if text.startswith("+84") else text


blueprint = Blueprint("community", __name__)
blueprint.add_app_template_global(role_word, "role_word")
blueprint.add_app_template_global(ROLE_MEANS.get, "role_means")
blueprint.add_app_template_global(DUTY_PLACE_WORDS.__getitem__, "duty_place")
blueprint.add_app_template_filter(hour, "hour")
blueprint.add_app_template_filter(contact, "contact")
