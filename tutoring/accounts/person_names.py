"""Display names and age bands of users, from the few stored facts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutoring.kernel import clock
from tutoring.policy.accounts import band

TITLES = frozenset(
    {"anh", "chị", "cô", "chú", "bác", "thầy", "ông", "bà"}
)  # forms of address that stand before the name; em, con and bạn do not


def said(address_form: str, called_name: str) -> str:
    """Returns a name for the middle of a sentence: "cô Hằng", "Minh"."""
    return f"{address_form} {called_name}" if address_form in TITLES else called_name


def shown(address_form: str, called_name: str) -> str:
    """Returns a name as others see it: "Cô Hằng", "Minh"."""
    name = said(address_form, called_name)
    return name[0].upper() + name[1:] if name else ""


def said_to(reader: "PersonNameMixin", person: "PersonNameMixin") -> str:
    """Returns a name for the middle of a sentence as this reader says it.

    A grown-up calls nobody under 18 "anh" or "chị": "em Khoa". Others say "anh Khoa".
    """
    if person.is_minor and not reader.is_minor:
        return f"em {person.called_name}"
    return said(person.address_form, person.called_name)


class PersonNameMixin:
    """Names and age of a user with display name, form of address, account kind and birth year."""

    if TYPE_CHECKING:
        kind: Any
        birth_year: Any
        called_name: Any
        address_form: Any

    @property
    def shown_name(self) -> str:
        """The display name that others see: "Cô Hằng", "Minh"."""
        return shown(self.address_form, self.called_name)

    @property
    def said_name(self) -> str:
        """The same for the middle of a sentence: "cô Hằng", "Minh"."""
        return said(self.address_form, self.called_name)

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
