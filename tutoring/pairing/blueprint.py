"""The blueprint of requests, helping and weekly meetings; the views modules register on it."""

from flask import Blueprint
from flask_babel import get_locale

from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.matching.week_bits import OPENS, QUARTER


def skill_names() -> dict[str, str]:
    """Returns the skill names in the language of the current page."""
    return skills_queries.topic_names(str(get_locale()))


def half_hour(half: int) -> str:
    """Formats the clock time of a half hour of the week; 0 is 07:00."""
    minutes = OPENS + 2 * QUARTER * half
    return f"{minutes // 60:02}:{minutes % 60:02}"


def quarter_hour(quarter: int) -> str:
    """Formats the clock time of a quarter hour of the week; 0 is 07:00."""
    minutes = OPENS + QUARTER * quarter
    return f"{minutes // 60:02}:{minutes % 60:02}"


blueprint = Blueprint("pairing", __name__)
blueprint.add_app_template_filter(half_hour, "half_hour")
blueprint.add_app_template_filter(quarter_hour, "quarter_hour")
