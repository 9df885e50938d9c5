"""The blueprint of asking, helping and meeting weekly; its pages stand in views and in the modules named *_views."""

from flask import Blueprint
from flask_babel import get_locale

from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.matching.week_bits import OPENS, QUARTER


def skill_names() -> dict[str, str]:
    """What skills are called in the language of this page."""
    return dict(skills_queries.topics(str(get_locale())))


def half_hour(half: int) -> str:
    """The clock time at which a half hour of the week begins or ends: 0 is 07:00."""
    minutes = OPENS + 2 * QUARTER * half
    return f"{minutes // 60:02}:{minutes % 60:02}"


def quarter_hour(quarter: int) -> str:
    """The clock time of a quarter hour of the week: 0 is 07:00."""
    minutes = OPENS + QUARTER * quarter
    return f"{minutes // 60:02}:{minutes % 60:02}"


blueprint = Blueprint("pairing", __name__)
blueprint.add_app_template_filter(half_hour, "half_hour")
blueprint.add_app_template_filter(quarter_hour, "quarter_hour")
