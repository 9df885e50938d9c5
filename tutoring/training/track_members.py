"""Queries for who is on which track, by a role in a ward or neighbourhood, or by hand."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Membership, Unit
from tutoring.kernel.database.sql import built_once, each_value, has_words, ids_parameter, in_byte_order, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.paging import Numbered, Wanted, numbered
from tutoring.kernel.text import name_key, words
from tutoring.training.models import TrainingAssignment
from tutoring.training.tracks import Track, tracks

KINDS = ("ward", "neighbourhood")  # units of a ward's staff; its schools have their own training
MAX_ROWS = 2000


@dataclass(frozen=True)
class UserTrack:
    """A track a person is on, in one ward; `assignment_id` is set if assigned by hand."""

    track: Track
    ward_id: int
    unit_name: str
    assignment_id: int | None


@dataclass(frozen=True)
class Person:
    """One person in the list of a track."""

    user_id: int
    full_name: str
    unit_name: str
    assignment_id: int | None


def _by_role(track: Track, *where: sa.ColumnElement[bool]) -> Any:
    return (
        sa.select(Membership.user_id, Unit.ward_id, Unit.name, sa.null().label("assignment_id"))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.state == "active", Membership.role.in_(track.roles), Unit.kind.in_(KINDS), *where)
    )


def _by_hand(track: Track, *where: sa.ColumnElement[bool]) -> Any:
    return (
        sa.select(TrainingAssignment.user_id, Unit.ward_id, Unit.name, TrainingAssignment.id)
        .join(Unit, Unit.id == TrainingAssignment.unit_id)
        .where(TrainingAssignment.track == track.id, *where)
    )


def on_track(track: Track, ward_ids: Collection[int] | sa.BindParameter[Any]) -> sa.Subquery:
    """Selects (user_id, ward_id) of all adults on a track in these wards, without duplicates.

    `ward_ids` may be a parameter whose value `ids_parameter` makes when the query runs.
    """
    here = in_ids(Unit.ward_id, ward_ids)
    both = sa.union(
        _by_role(track, here).with_only_columns(Membership.user_id, Unit.ward_id),
        _by_hand(track, here).with_only_columns(TrainingAssignment.user_id, Unit.ward_id),
    ).subquery()
    grown = sa.select(both.c.user_id, both.c.ward_id).join(User, User.id == both.c.user_id)
    return grown.where(User.state == "active", User.kind == "adult").subquery()


def names(track: Track, ward_id: int, among: Collection[int] | None = None) -> list[Person]:
    """Returns the people on a track in a ward by Vietnamese name; `among` are the ids of some of them."""
    here = Unit.ward_id == ward_id
    both = sa.union_all(_by_role(track, here), _by_hand(track, here)).subquery()
    query = (
        sa.select(User.id, User.full_name, both.c.name, both.c.assignment_id)
        .join(both, both.c.user_id == User.id)
        .where(User.state == "active", User.kind == "adult")
        .limit(MAX_ROWS)
    )
    if among is not None:
        query = query.where(in_ids(User.id, among))
    found: dict[int, Person] = {}
    for row in db.session.execute(query):
        one, before = Person(*row), found.get(row[0])
        # A role takes precedence over an assignment by hand, so such a person cannot be removed here.
        if before is None or before.assignment_id is not None:
            found[one.user_id] = one
    return sorted(found.values(), key=lambda one: (name_key(one.full_name), one.user_id))


def list_tracks_of_user(user: User) -> list[UserTrack]:
    """Returns the tracks of a person, in the order of the file; two queries."""
    if user.kind != "adult":
        return []
    places = (
        sa.select(Membership.role, Unit.ward_id, Unit.name)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.user_id == user.id, Membership.state == "active", Unit.kind.in_(KINDS))
        .order_by(Membership.id)
    )
    hands = (
        sa.select(TrainingAssignment, Unit.ward_id, Unit.name)
        .join(Unit, Unit.id == TrainingAssignment.unit_id)
        .where(TrainingAssignment.user_id == user.id)
        .order_by(TrainingAssignment.id)
    )
    held, put = db.session.execute(places).all(), db.session.execute(hands).all()
    found: dict[tuple[str, int], UserTrack] = {}
    for track in tracks().values():
        for role, ward_id, name in held:
            if role in track.roles and ward_id is not None:
                found.setdefault((track.id, ward_id), UserTrack(track, ward_id, name, None))
        for row, ward_id, name in put:
            if row.track == track.id and ward_id is not None:
                found.setdefault((track.id, ward_id), UserTrack(track, ward_id, name, row.id))
    return list(found.values())


def has_track(user: User) -> bool:
    """Returns whether a person is on any track, in one query for the link on the start page."""
    if user.kind != "adult" or not tracks():
        return False
    roles = frozenset(role for one in tracks().values() for role in one.roles)
    told = {"user": user.id, "tracks": ids_parameter(tracks())}
    return db.session.scalar(_is_on_track(roles), told) is not None


@built_once  # on every start page; building it takes longer than running it
def _is_on_track(roles: frozenset[str]) -> Any:
    user: sa.BindParameter[int] = sa.bindparam("user", type_=sa.Integer)
    by_role = sa.select(Membership.id).join(Unit, Unit.id == Membership.unit_id)
    by_role = by_role.where(
        Membership.user_id == user, Membership.state == "active", Membership.role.in_(sorted(roles)),
        Unit.kind.in_(KINDS),
    )  # fmt: skip
    track = each_value(sa.bindparam("tracks"), sa.String())
    by_hand = sa.select(TrainingAssignment.id).where(
        TrainingAssignment.user_id == user, TrainingAssignment.track.in_(sa.select(track.c.value))
    )
    return sa.union_all(by_role, by_hand).limit(1)


def reach(wards: Iterable[int]) -> set[int]:
    """Returns the units with sessions for people of these wards: the wards and their parents."""
    ids = set(wards)
    above = db.session.scalars(sa.select(Unit.parent_id).where(Unit.id.in_(ids), Unit.parent_id.is_not(None)))
    return ids | {one for one in above if one is not None} if ids else ids


def wards_of(unit: Unit) -> list[int]:
    """Returns the wards that a session of this unit is for."""
    if unit.kind == "ward":
        return [unit.id]
    return list(db.session.scalars(sa.select(Unit.id).where(Unit.parent_id == unit.id, Unit.kind == "ward")))


def runners(unit_ids: Iterable[int]) -> dict[int, list[int]]:
    """Returns the ids of the trainers of each of these units: its officers and coordinators."""
    query = (
        sa.select(Membership.unit_id, Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.unit_id.in_(list(unit_ids)), Membership.state == "active", User.state == "active",
            Membership.role.in_(("officer", "coordinator")),
        )
        .distinct()
        .order_by(Membership.unit_id, Membership.user_id)
    )  # fmt: skip
    found: dict[int, list[int]] = {}
    for unit_id, user_id in db.session.execute(query):
        found.setdefault(unit_id, []).append(user_id)
    return found


def leaders(unit: Unit) -> list[User]:
    """Returns the people who may lead a session of this unit, by name.

    They are its staff and that of the unit above; in a ward also the leads of its neighbourhoods.
    """
    own = Unit.id == unit.id
    here = sa.or_(own, sa.and_(Unit.ward_id == unit.id, Unit.kind == "neighbourhood"), Unit.id == unit.parent_id)
    members = (
        sa.select(Membership.user_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(here, Membership.state == "active", Membership.role.in_(("officer", "coordinator", "lead")))
    )
    query = sa.select(User).where(User.id.in_(members), User.state == "active", User.kind == "adult")
    return sorted(db.session.scalars(query.limit(MAX_ROWS)), key=lambda one: name_key(one.full_name))


WAYS = ("none", "hand", "role")  # how an adult of a ward is on a track
CANDIDATE_ORDERS = ("name", "unit", "way")


@dataclass(frozen=True)
class Candidate:
    """An adult of a ward or its neighbourhoods, and how they are on a track; `id` is that of a membership there."""

    id: int
    user_id: int
    full_name: str
    unit_name: str
    unit_kind: str
    role: str
    way: str

    @property
    def pickable(self) -> bool:
        """Whether they are put on the track and taken off it by hand; a role alone decides about others."""
        return self.way != "role"


def _candidates(track: Track, ward_id: int) -> tuple[Any, Any]:
    """Selects each active adult of a ward once, with how they are on the track; and that column."""
    here = sa.and_(Unit.ward_id == ward_id, Unit.kind.in_(KINDS))
    member_ids = (
        sa.select(sa.func.min(Membership.id))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.state == "active", here)
        .group_by(Membership.user_id)
    )
    by_role = User.id.in_(_by_role(track, Unit.ward_id == ward_id).with_only_columns(Membership.user_id))
    by_hand = User.id.in_(_by_hand(track, Unit.ward_id == ward_id).with_only_columns(TrainingAssignment.user_id))
    way = sa.case((by_role, "role"), (by_hand, "hand"), else_="none").label("way")
    query = (
        sa.select(Membership.id, User.id, User.full_name, Unit.name, Unit.kind, Membership.role, way)
        .join(User, User.id == Membership.user_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.id.in_(member_ids), User.kind == "adult", User.state == "active")
    )
    return query, way


def candidate_page(track: Track, ward_id: int, wanted: Wanted) -> Numbered[Candidate]:
    """Returns a page of the adults of a ward; words are looked for in names and units, `show` is one of `WAYS`."""
    query, way = _candidates(track, ward_id)
    if show := wanted.chosen.get("show"):
        query = query.where(way.element == show)
    if typed := words(wanted.words):
        query = query.where(
            sa.or_(sa.and_(*has_words(User.name_words, typed)), sa.and_(*has_words(Unit.name_words, typed)))
        )
    orders = {"name": in_byte_order(User.name_words), "unit": in_byte_order(Unit.name_words), "way": way}
    page = numbered(query, wanted, orders, Membership.id)
    return Numbered([Candidate(*row) for row in page.items], page.more, page.total, page.number, page.size)


def count_candidates(track: Track, ward_id: int) -> dict[str, int]:
    """Returns how many adults of a ward are on a track by each of `WAYS`."""
    each = _candidates(track, ward_id)[0].subquery()
    query = sa.select(each.c.way, sa.func.count()).group_by(each.c.way)
    found = dict.fromkeys(WAYS, 0)
    for way, many in db.session.execute(query):
        found[way] = many
    return found
