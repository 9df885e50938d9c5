"""Reads of skills and of the users who hold them."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.kernel.database.request_memo import once_in_request
from tutoring.kernel.database.sql import exists_per_row, in_ids, stream_rows
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import in_language
from tutoring.lessons.skills.models import Skill, SkillGrant, topic_name
from tutoring.policy.pairing.school_subjects import is_school_subject, subject_and_grade


def skills() -> dict[str, Skill]:
    """Returns all skills of the current catalogue by id, in order; no school subjects."""
    query = sa.select(Skill).where(Skill.retired_at.is_(None)).order_by(Skill.position, Skill.id)
    return {skill.id: skill for skill in db.session.scalars(query) if not is_school_subject(skill.id)}


def topics(lang: str) -> list[tuple[str, str]]:
    """Returns the topics that lessons teach and anyone may ask about: skill ids and their names in this language."""
    return [(id, name) for id, name in topic_names(lang).items() if not is_school_subject(id)]


def topic_names(lang: str) -> dict[str, str]:
    """Returns the names of all topics that a request may have, school subjects too, in the order of the catalogue."""
    return {id: topic_name(id, names, lang) for id, names in _names_of_skills()}


def subject_topics(grade: int, lang: str) -> dict[str, str]:
    """Returns the topics of the school subjects of a grade, with their names."""
    return {
        id: name
        for id, name in topic_names(lang).items()
        if is_school_subject(id) and subject_and_grade(id)[1] == grade
    }


def subject_names(lang: str) -> dict[str, str]:
    """Returns the names of the school subjects by their ids, without grades."""
    return {
        subject_and_grade(id)[0]: str(in_language(names, lang))
        for id, names in _names_of_skills()
        if is_school_subject(id)
    }


@once_in_request
def _names_of_skills() -> list[tuple[str, dict[str, Any]]]:
    return [(row[0], row[1]) for row in db.session.execute(_skill_names())]


@cache
def _skill_names() -> sa.Select[str, Any]:
    query = sa.select(Skill.id, Skill.names).where(Skill.retired_at.is_(None))
    return query.order_by(Skill.position, Skill.id)


def skill_names(skill_ids: Iterable[str], lang: str) -> list[str]:
    """Returns the names of these skills, in the order of the catalogue."""
    query = sa.select(Skill).where(Skill.id.in_(list(skill_ids))).order_by(Skill.position)
    return [skill.name(lang) for skill in db.session.scalars(query)]


def find_skill(skill_id: str) -> Skill | None:
    """Returns a skill or None; also retired ones, which old requests still name."""
    return db.session.get(Skill, skill_id)


def grants_of(user_id: int) -> list[SkillGrant]:
    """Returns the grants in force for a user, newest first."""
    query = sa.select(SkillGrant).where(SkillGrant.user_id == user_id, SkillGrant.revoked_at.is_(None))
    return list(db.session.scalars(query.order_by(SkillGrant.id.desc())))


def skills_of(user_id: int) -> dict[str, int]:
    """Returns the skills that a user holds now, with their levels."""
    return dict(_levels_of(user_id))


@once_in_request
def _levels_of(user_id: int) -> list[tuple[str, int]]:
    return [(row[0], row[1]) for row in db.session.execute(_skills_of(), {"user": user_id})]


@cache  # runs at every claim; building the statement takes longer than executing it
def _skills_of() -> Any:
    query = sa.select(SkillGrant.skill_id, SkillGrant.level)
    return query.where(SkillGrant.user_id == sa.bindparam("user"), SkillGrant.revoked_at.is_(None))


def skills_of_many(user_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Does the same as `skills_of` for many users, in one query."""
    found: dict[int, dict[str, int]] = {}
    query = sa.select(SkillGrant.user_id, SkillGrant.skill_id, SkillGrant.level)
    for user_id, skill_id, level in stream_rows(
        query.where(in_ids(SkillGrant.user_id, user_ids), SkillGrant.revoked_at.is_(None))
    ):
        if user_id in found:
            found[user_id][skill_id] = level
        else:
            found[user_id] = {skill_id: level}
    return found


def holding(skill_id: str, level: int) -> sa.Select[int]:
    """Returns a subquery for the ids of users who hold the skill at this level or above."""
    return sa.select(SkillGrant.user_id).where(*_held(skill_id, level))


def holds(user_id: Any, skill_id: Any, level: Any) -> sa.ColumnElement[bool]:
    """Returns a condition: the user of a column holds a skill at that level or above.

    It is for queries about few users, because each is looked up.
    """
    return exists_per_row(sa.select(SkillGrant.id).where(SkillGrant.user_id == user_id, *_held(skill_id, level)))


def _held(skill_id: Any, level: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (SkillGrant.skill_id == skill_id, SkillGrant.level >= level, SkillGrant.revoked_at.is_(None))


def find_revoked_skills(user_id: int, skill_ids: Iterable[str]) -> set[str]:
    """Returns those of these skills whose last grant was revoked by a person."""
    newest = (
        sa.select(sa.func.max(SkillGrant.id))
        .where(SkillGrant.user_id == user_id, SkillGrant.skill_id.in_(list(skill_ids)))
        .group_by(SkillGrant.skill_id)
    )
    query = sa.select(SkillGrant.skill_id).where(SkillGrant.id.in_(newest), SkillGrant.revoked_by_id.is_not(None))
    return set(db.session.scalars(query))
