"""Fills the blanks of a ready phrase with the forms of address between a helper and the learners of a room.

`{bạn}` is how the helper calls the learner ("em", "cô"), `{tên}` the same with the name ("em Minh", "cô Lan"), and
`{mình}` how the helper speaks of themself ("anh", "con", "mình"). Blanks may be typed without accents, or in English.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutoring.accounts.person_names import ELDER, PersonNameMixin, capital, form_before

BLANKS = {"bạn": "you", "ban": "you", "you": "you", "tên": "name", "ten": "name", "name": "name",
          "mình": "me", "minh": "me", "me": "me"}  # fmt: skip
_BLANK = re.compile(r"\{\s*(" + "|".join(BLANKS) + r")\s*\}", re.IGNORECASE)
_BEGINS = re.compile(r"(?:^|[.!?…]\s+|\n\s*)$")
# Who is old enough to be the parent or the grandparent of a pupil: a pupil is "con" to them, in Ho Chi Minh City.
_OF_PARENTS_AGE = frozenset({"cô", "chú", "bác", "ông", "bà"})
_SIBLINGS = frozenset({"anh", "chị", "thầy"})


@dataclass(frozen=True)
class Address:
    """The words that fill the blanks."""

    you: str
    name: str
    me: str


SAMPLE = Address("bạn", "bạn", "mình")  # for a phrase outside of any room, as the detector reads it


def address_between(helper: PersonNameMixin, learners: Sequence[PersonNameMixin], language: str = "vi") -> Address:
    """Returns how a helper speaks to the learners of a room; several learners are addressed together."""
    if len(learners) != 1:
        return _to_several(helper, learners, language)
    learner = learners[0]
    if language != "vi":
        return Address("you", str(learner.called_name), "me")
    return Address(form_before(learner, helper) or "bạn", learner.said_by(helper), _own_form(helper, learner))


def _to_several(helper: PersonNameMixin, learners: Sequence[PersonNameMixin], language: str) -> Address:
    if language != "vi":
        return Address("you", "everyone", "me")
    if not learners or not all(one.is_minor for one in learners):
        return Address("mọi người", "mọi người", "mình")
    said = "các bạn" if helper.is_minor else "các em"
    return Address(said, said, _own_form(helper, learners[0]))


def _own_form(helper: PersonNameMixin, learner: PersonNameMixin) -> str:
    """Returns how the helper speaks of themself: the form that the learner says of the helper, or a younger one's."""
    if helper.is_minor and not learner.is_minor:
        return (
            "con" if learner.address_form in _OF_PARENTS_AGE else "em" if learner.address_form in _SIBLINGS else "mình"
        )
    said = form_before(helper, learner)
    if not learner.is_minor or said == "em":
        return "mình"  # two adults, or a helper younger than the pupil: neither is above the other
    return said if not helper.is_minor or said in ELDER else "mình"


def fill(text: str, address: Address) -> str:
    """Returns a phrase with its blanks filled, with a capital letter where a sentence begins."""

    def said(found: re.Match[str]) -> str:
        word = str(getattr(address, BLANKS[found[1].lower()]))
        return capital(word) if _BEGINS.search(text[: found.start()]) else word

    return _BLANK.sub(said, text)
