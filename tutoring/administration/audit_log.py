"""The audit chain as its readers see it: sentences with names, and what they filter it by.

People with power are named; all others stand with their user name, as on the page of users, because a site admin sees
no pupil by name.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.accounts.person_names import capital
from tutoring.accounts.reader_names import said_to_reader
from tutoring.administration import queries
from tutoring.administration.audit_sentences import SENTENCES, UNKNOWN
from tutoring.administration.job_words import words_of
from tutoring.kernel import site_settings
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.text import N_
from tutoring.web.tables import table as tables

_ABOUT = ("user", "to", "author")  # facts that name the person acted on, where the target is a room or a unit


@dataclass(frozen=True)
class Line:
    """A row of the chain with its sentence; `people` are the user names behind the names."""

    row: AuditRow
    said: str
    people: list[str]

    @property
    def details(self) -> list[tuple[str, str]]:
        return [(key, str(value)) for key, value in self.row.facts.items()]


COLUMNS = (
    tables.Column("at", N_("Lúc"), lambda line: tables.moment(line.row.at)),
    tables.Column("said", N_("Việc"), lambda line: line.said),
    tables.Column("reason", N_("Lý do"), lambda line: line.row.reason),
    tables.Column("details", N_("Chi tiết"), lambda line: f"#{line.row.id} {line.row.action} {line.row.target}"),
)


def _number(target: str, kind: str) -> int | None:
    name, _colon, number = target.partition(":")
    return int(number) if name == kind and number.isdigit() and len(number) < 11 else None


def person_of(row: AuditRow) -> int | None:
    """Returns the person acted on, or None."""
    found = _number(row.target, "user")
    if found is not None:
        return found
    return next((row.facts[name] for name in _ABOUT if isinstance(row.facts.get(name), int)), None)


def unit_of(row: AuditRow) -> int | None:
    """Returns the unit that a row is about, or None."""
    found = _number(row.target, "unit")
    told = row.facts.get("unit") if found is None else found
    return told if isinstance(told, int) else None


def lines(rows: Iterable[AuditRow]) -> list[Line]:
    """Returns these rows with their sentences, in three statements for any number of rows."""
    rows = list(rows)
    asked = {one for row in rows for one in (row.actor_id, person_of(row)) if one is not None}
    people, powerful = queries.people_named(asked)
    units = queries.unit_names({one for row in rows if (one := unit_of(row)) is not None})
    return [_line(row, people, powerful, units) for row in rows]


def _line(row: AuditRow, people: dict[int, User], powerful: set[int], units: dict[int, str]) -> Line:
    actor, about = people.get(row.actor_id or 0), people.get(person_of(row) or 0)
    unit = units.get(unit_of(row) or 0, "")
    sentence = gettext(SENTENCES.get(row.action, UNKNOWN)) % {
        "who": _named(actor, powerful, True) if row.actor_id is not None else gettext("Hệ thống"),
        "whom": _named(about, powerful, False),
        "number": row.target.partition(":")[2],
        "name": _thing(row),
    }
    seen = dict.fromkeys(one.username for one in (actor, about) if one is not None)
    return Line(row, f"{sentence}, {unit}" if unit else sentence, list(seen))


def _named(person: User | None, powerful: set[int], begins: bool) -> str:
    if person is None:
        return str(gettext("Một tài khoản đã xoá") if begins else gettext("một tài khoản đã xoá"))
    if person.id not in powerful:
        return person.username
    said = said_to_reader(person)
    if said == person.called_name:  # without a title it may be anybody's
        return person.full_name
    return capital(said) if begins else said


def _thing(row: AuditRow) -> str:
    name = row.target.partition(":")[2]
    if row.action in ("retry_work", "put_work_away"):
        return str(gettext(words_of(name).what))
    if row.action == "change_option":
        return next((gettext(one.label) for one in site_settings.declared() if one.name == name), name)
    return name if row.action in SENTENCES else row.action


def acts_by_words(actions: Iterable[str]) -> dict[str, str]:
    """Returns these acts with what a list of choices calls them, in the order of the words."""
    blank = {"who": "", "whom": "…", "number": "…", "name": "…"}
    said = {one: (gettext(SENTENCES[one]) % blank).strip() for one in actions if one in SENTENCES}
    named = {one: text[:1].upper() + text[1:] for one, text in said.items()} | {
        one: one for one in actions if one not in SENTENCES
    }
    return dict(sorted(named.items(), key=lambda pair: pair[1]))
