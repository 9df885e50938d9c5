"""The school subjects that pupils may ask about, where their school has switched them on."""

from collections.abc import Iterable

from tutoring.accounts.models import User
from tutoring.community.units.settings import subject_switches
from tutoring.lessons.skills.queries import subject_topics
from tutoring.pairing.eligibility import home_unit


def topics_for(learners: Iterable[User], lang: str) -> dict[str, str]:
    """Returns the subjects of these learners' own grades with their names; none for adults."""
    found: dict[str, str] = {}
    for learner in learners:
        if not learner.is_minor or learner.grade is None:
            continue
        unit = home_unit(learner.id)
        if unit is not None and subject_switches(unit).on_for(learner.grade):
            found |= subject_topics(learner.grade, lang)
    return found
