"""The safety card: whom to call now, who can read the disclosure, and what happened since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.community.queries import duty_phone
from tutoring.safety.distress.meaning import may_mean_staff
from tutoring.welfare import queries
from tutoring.welfare.hooks import talk_invitations
from tutoring.welfare.models import Disclosure

AGES = {"up_to_10": "young", "11_15": "teen", "16_17": "teen"}


@dataclass(frozen=True)
class Card:
    """One card. `unseen_by`: labels of the people who would otherwise read the text and do not."""

    age: str  # young, teen, grown
    written: Sequence[Disclosure]
    on_duty: Sequence[User]
    phones: Sequence[tuple[str, str]]
    of_staff: bool  # staff may be meant: no user of the unit is offered
    unseen_by: Sequence[str] = ()
    many: bool = False  # a room of many
    invitations: Sequence[tuple[str, int]] = ()  # who waits in a talk, and its room

    @property
    def opened(self) -> Sequence[Disclosure]:
        """Disclosures that staff have opened, one per reader; the page says when and by whom."""
        first: dict[int | None, Disclosure] = {}
        for one in self.written:
            if one.opened_at is not None:
                first.setdefault(one.opened_by_id, one)
        return list(first.values())


def age_of(person: User | None) -> str:
    """Returns which of three wordings suits the user's age."""
    return AGES.get(person.band, "grown") if person is not None else "grown"


def card_for(
    person: User, written: Sequence[Disclosure], unseen_by: Collection[str] = (), many: bool = False
) -> Card | None:
    """Returns the card for what this user wrote; None if there is nothing to show."""
    if not written:
        return None
    unit_id = written[0].unit_id
    waiting = tuple(found for some in talk_invitations.collect(person.id) for found in some)
    of_staff = any(may_mean_staff(queries.decrypt_text(one)) for one in written)
    if of_staff:
        return Card(age_of(person), written, (), (), True, tuple(unseen_by), many, waiting)
    phone = duty_phone(unit_id) if unit_id is not None else None
    on = queries.on_call(unit_id, minors=person.is_minor, but=[person.id])
    return Card(age_of(person), written, on, [phone] if phone else [], False, tuple(unseen_by), many, waiting)
