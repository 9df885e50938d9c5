"""The school subjects that pupils may ask about, where their school has switched them on."""

from collections.abc import Iterable

from tutoring.accounts.models import User
from tutoring.community.units.settings import switches_of
from tutoring.lessons.skills.queries import subject_topics
from tutoring.pairing.eligibility import home_unit


def topics_for(learners: Iterable[User], lang: str) -> dict[str, str]:
    """Returns the subjects of these learners' own grades with their names; none for adults."""
    pupils = [
        (unit.school_id, learner.grade)
        for learner in learners
        if learner.is_minor and learner.grade is not None
        if (unit := home_unit(learner.id)) is not None and unit.school_id is not None
    ]
    switches = switches_of({school for school, _grade in pupils})
    found: dict[str, str] = {}
    for school, grade in pupils:
        if switches[school].on_for(grade):
            found |= subject_topics(grade, lang)
    return found
