"""Display names and age bands of users, from the few stored facts.

A name is said in Vietnamese with a form of address, which depends on who says it: Khoa, a pupil of 17, is "anh Khoa" to
a pupil of 12 and "em Khoa" to her mother. `form_before` holds the rule, for pages, notices and rooms alike.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutoring.kernel import clock
from tutoring.policy.accounts import band

TITLES = frozenset(
    {"anh", "chị", "cô", "chú", "bác", "thầy", "ông", "bà"}
)  # forms of address that stand before the name; em, con and bạn do not
ELDER = frozenset({"anh", "chị"})  # what an older pupil is to a younger one


def spoken_name(address_form: str, called_name: str) -> str:
    """Returns a name for the middle of a sentence: "cô Hằng", "Minh"."""
    return f"{address_form} {called_name}" if address_form in TITLES else called_name


def capital(name: str) -> str:
    """Returns a name for the beginning of a sentence: "Cô Hằng"."""
    return name[:1].upper() + name[1:]


def form_before(person: "PersonNameMixin", reader: "PersonNameMixin | None") -> str:
    """Returns the form of address that the reader says before a person's name, or "" for the bare name.

    An adult is called as the adult chose. A pupil is "em" to adults and to older pupils, and "anh" or "chị" to younger
    ones if the pupil chose so. Pupils of the same year of birth say the bare name. It also stands in texts that many
    read (`reader` is None): it is wrong to nobody.
    """
    if not person.is_minor:
        return person.address_form if person.address_form in TITLES else ""
    if reader is None or reader is person:
        return ""
    if not reader.is_minor:
        return "em"
    if person.birth_year is None or reader.birth_year is None or person.birth_year == reader.birth_year:
        return ""
    if person.birth_year > reader.birth_year:
        return "em"
    return person.address_form if person.address_form in ELDER else ""


def all_spoken(address_form: str, called_name: str) -> set[str]:
    """Returns the name in every form that a stored sentence may hold: bare, as chosen, and as a pupil's."""
    spoken = {called_name, spoken_name(address_form, called_name), f"em {called_name}"}
    return spoken | {capital(one) for one in spoken}


class PersonNameMixin:
    """Names and age of a user with display name, form of address, account kind and birth year."""

    if TYPE_CHECKING:
        kind: Any
        birth_year: Any
        called_name: Any
        address_form: Any

    def said_by(self, reader: "PersonNameMixin | None", language: str = "vi") -> str:
        """Returns the name as this reader says it in the middle of a sentence; other languages have no forms."""
        form = form_before(self, reader) if language == "vi" else ""
        return f"{form} {self.called_name}" if form else str(self.called_name)

    def shown_to(self, reader: "PersonNameMixin | None", language: str = "vi") -> str:
        """Returns the name as this reader says it at the beginning of a sentence."""
        return capital(self.said_by(reader, language))

    @property
    def shown_name(self) -> str:
        """The display name in what several people read: "Cô Hằng", "Minh"."""
        return self.shown_to(None)

    @property
    def said_name(self) -> str:
        """The same for the middle of a sentence: "cô Hằng", "Minh"."""
        return self.said_by(None)

    @property
    def oldest_age(self) -> int | None:
        """The higher of the two ages that a birth year allows."""
        return None if self.birth_year is None else clock.today().year - self.birth_year

    @property
    def youngest_age(self) -> int | None:
        """The lower of the two ages that a birth year allows: the more protective one."""
        oldest = self.oldest_age
        return None if oldest is None else oldest - 1

    @property
    def is_minor(self) -> bool:
        """Whether the user is under 18, by the more protective age; adults need no birth year."""
        return self.band != "adult"

    @property
    def band(self) -> str:
        """The age band of `policy.accounts.band`."""
        return band(self.youngest_age, self.kind)


@dataclass(frozen=True, slots=True)
class PersonSummary(PersonNameMixin):
    """The facts about a user that conversations need."""

    id: int
    kind: str
    birth_year: int | None
    called_name: str
    address_form: str
    language: str
