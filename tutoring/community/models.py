"""Tables of units, memberships, join codes, nominations and duty."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tutoring.accounts.models import User
from tutoring.community.site_settings import YOUTH_HELP_ADULTS
from tutoring.community.units.search_names import place_words
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.kernel.text import sort_text

UNIT_KINDS = ("city", "ward", "neighbourhood", "school", "class", "partner")
ROLES = ("learner", "parent", "helper", "teacher", "lead", "officer", "coordinator")


def waiting(name: str, which: str) -> sa.Index:
    """Returns an index by unit of the few rows that wait for an approval."""
    return sa.Index(name, "unit_id", sqlite_where=sa.text(which), postgresql_where=sa.text(which))


class Unit(Model):
    """A unit in the tree, or a partner organisation beside it.

    Codes are unique keys; names may repeat.
    """

    __tablename__ = "unit"
    __table_args__ = (
        value_check("kind", *UNIT_KINDS),
        sa.CheckConstraint(
            "(opens IS NULL) = (closes IS NULL) AND "
            "(opens IS NULL OR (opens >= 0 AND opens < closes AND closes <= 1440))",
            name="hours",
        ),
        sa.Index("ix_unit_below", "parent_id", "sort", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    form: Mapped[str] = mapped_column(default="")  # phường, xã, đặc khu · khu phố, ấp, thôn · Đoàn, Hội, sở, công ty
    name: Mapped[str]
    # Order among its siblings: by grade, then by name.
    sort: Mapped[str] = mapped_column(default="", server_default="")
    # Search words of the name without accents. Those that distinguish it from others of its form come first.
    name_words: Mapped[str] = mapped_column(default="", server_default="", index=True, deferred=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    # The ids of all units above and its own, "/1/5/77/". All units below a unit are one range of this index
    # (`units/scopes.py`). Database triggers maintain it, also for rows that are written without the ORM.
    path: Mapped[str] = mapped_column(
        sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), server_default="", index=True
    )
    # The nearest ward and school at or above, stored so that "same ward" is one comparison.
    ward_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    grade: Mapped[int | None]
    school_year: Mapped[str] = mapped_column(default="")
    youth_help_adults: Mapped[bool] = mapped_column(default=True)
    link_hosts: Mapped[str] = mapped_column(default="")  # one host per line: links to them may be sent here and below
    # Whether pupils of this school may ask each other about school subjects: grades 1–5, grades 6–12.
    subjects_primary: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    subjects_secondary: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # When rooms with minors may be open, in minutes since local midnight; None inherits from the unit above.
    opens: Mapped[int | None]
    closes: Mapped[int | None]
    patience: Mapped[int | None]  # minutes of waiting until alternatives to immediate help are offered
    has_queue: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # its desk gives numbers
    duty_phone: Mapped[str] = mapped_column(default="")  # the emergency number, shown in every room below
    # While this is set, rooms with minors of this unit or below are closed and read-only, and no pairing takes place.
    paused_at: Mapped[datetime | None]
    paused_why: Mapped[str] = mapped_column(default="", server_default="")
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))

    @property
    def youth_may_help_adults(self) -> bool:
        """Returns the setting of the unit, unless the whole site has it switched off."""
        return self.youth_help_adults and YOUTH_HELP_ADULTS()

    @property
    def archived(self) -> bool:
        """Returns whether the unit is archived: nothing of it is lost, and it takes no new members, codes and requests.

        A merged unit has an end as well, but its members are in another one.
        """
        return self.effective_to is not None and self.merged_into_id is None

    parent: Mapped["Unit | None"] = relationship(remote_side=[id], foreign_keys=[parent_id])

    @validates("name", "grade")
    def _sorted(self, which: str, value: str | int | None) -> str | int | None:
        name, grade = (value, self.grade) if which == "name" else (self.name, value)
        self.sort = f"{int(grade or 0):02d}{sort_text(str(name or ''))}"
        if which == "name":
            self.name_words = place_words(str(name or ""))
        return value


class Membership(Model):
    """A user's role in a unit. One that gives power waits for a second approver of the unit."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "unit_id", "role"),
        value_check("role", *ROLES),
        value_check("state", "waiting", "active", "ended"),
        waiting("ix_membership_waiting", "state = 'waiting'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    role: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    brought_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))  # the creator of the code that was used
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    unit: Mapped[Unit] = relationship()


class JoinCode(Model):
    """A code that lets people into a unit with a role.

    For roles above learner or parent it is single-use and lasts at most 7 days.
    """

    __tablename__ = "join_code"
    __table_args__ = (
        value_check("role", *ROLES),
        sa.CheckConstraint("uses <= max_uses", name="uses"),
        sa.CheckConstraint("role IN ('learner', 'parent') OR max_uses = 1", name="power_is_single_use"),
        waiting("ix_join_code_waiting", "confirmed_at IS NULL AND revoked_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    role: Mapped[str]
    max_uses: Mapped[int]
    uses: Mapped[int] = mapped_column(default=0)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user.id")
    )  # second approver, if the code gives power
    confirmed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()


class Nomination(Model):
    """The approval of a helper: nominated by one person, confirmed by another.

    One person can stop it. It holds for a year from `confirmed_at`, and a renewal resets that date. A barred helper
    who comes back starts again. Promises, training and help before `barred_at` no longer count.
    """

    __tablename__ = "nomination"
    __table_args__ = (
        value_check("state", "nominated", "active", "paused", "barred"),
        waiting("ix_nomination_waiting", "state = 'nominated'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    state: Mapped[str] = mapped_column(default="nominated")
    nominated_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    nominated_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    barred_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    unit: Mapped[Unit] = relationship()
    nominated_by: Mapped[User] = relationship(foreign_keys=[nominated_by_id])


DUTY_PLACES = ("online", "centre")  # watching over rooms; receiving people at the ward's service centre


class DutySlot(Model):
    """A weekly duty turn in local time: 0 is Monday, minutes since midnight, end exclusive.

    Only an online turn counts as watching. A person at the ward's service centre sees no rooms, so such a turn neither
    opens rooms nor keeps them open.
    """

    __tablename__ = "duty_slot"
    __table_args__ = (
        value_check("place", *DUTY_PLACES),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.CheckConstraint("starts >= 0 AND starts < ends AND ends <= 1440", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]
    starts: Mapped[int]
    ends: Mapped[int]
    place: Mapped[str] = mapped_column(default="online", server_default="online")

    user: Mapped[User] = relationship()
    unit: Mapped[Unit] = relationship()


class DutyShift(Model):
    """A single online duty shift with its times: "I am on duty from now until nine"."""

    __tablename__ = "duty_shift"
    __table_args__ = (sa.CheckConstraint("starts_at < ends_at", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)

    user: Mapped[User] = relationship()
    unit: Mapped[Unit] = relationship()


class FactorReset(Model):
    """A request to remove the second factor of a person who lost phone and recovery codes.

    One member of staff asks and another one does it. Each person has at most one open request.
    """

    __tablename__ = "factor_reset"
    __table_args__ = (
        sa.CheckConstraint("done = FALSE OR closed_by_id <> asked_by_id", name="two"),
        sa.Index("uq_factor_reset_open", "user_id", unique=True, sqlite_where=sa.text("closed_at IS NULL"),
                 postgresql_where=sa.text("closed_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(info={"personal": "text"})
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    closed_at: Mapped[datetime | None]
    done: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
