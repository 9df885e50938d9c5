"""The tables of skills and of the users who hold them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.lessons.catalogue.models import in_language
from tutoring.policy.pairing.school_subjects import is_school_subject, subject_and_grade

LEVELS = {1: "quiz", 2: "practised", 3: "witnessed"}
SOURCES = ("teacher", "quiz", "practice", "room")


_WITH_GRADE = {"vi": "{name} lớp {grade}", "en": "{name}, grade {grade}"}


def topic_name(skill_id: str, names: dict[str, Any], lang: str) -> str:
    """Returns the name of a skill in this language, of a school subject with its grade."""
    name = str(in_language(names, lang))
    if not is_school_subject(skill_id):
        return name
    return _WITH_GRADE.get(lang, _WITH_GRADE["vi"]).format(name=name, grade=subject_and_grade(skill_id)[1])


class Skill(Model):
    """A topic that people learn and help with.

    Its id is from content/skills.yml. A school subject of content/subjects.yml is one for each of its grades.
    """

    __tablename__ = "skill"

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    names: Mapped[dict[str, Any]]  # {language: name}
    retired_at: Mapped[datetime | None]

    def name(self, lang: str) -> str:
        return topic_name(self.id, self.names, lang)


class SkillGrant(Model):
    """A skill of a user, granted by a teacher, a quiz, practice or a witness.

    At most one grant is in force for a user and skill.
    """

    __tablename__ = "skill_grant"
    __table_args__ = (
        sa.CheckConstraint("level BETWEEN 1 AND 3", name="level"),
        sa.CheckConstraint("user_id <> granted_by_id", name="not_by_oneself"),
        value_check("source", *SOURCES),
        sa.Index("uq_skill_grant_in_force", "user_id", "skill_id", unique=True,
                 sqlite_where=sa.text("revoked_at IS NULL"), postgresql_where=sa.text("revoked_at IS NULL")),
        sa.Index("ix_skill_grant_holders", "skill_id", "level"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), info={"personal": "skills"})
    skill_id: Mapped[str] = mapped_column(sa.ForeignKey("skill.id"))
    level: Mapped[int]
    source: Mapped[str] = mapped_column(default="teacher", server_default="teacher")
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
