"""Learners take a place in a group session, wait for one, and give it back.

Every command holds the session's row, and a place is given by one statement whose count of rows decides: of any number
of people at once none comes in over the limit.
"""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian, user
from tutoring.kernel import clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.pairing.commands.session_rooms import avoiding
from tutoring.pairing.eligibility import can_ask, facts, helper_facts
from tutoring.pairing.session_events import PlaceFreed, SignedUp, WentAway
from tutoring.pairing.session_models import GroupSession, SignUp
from tutoring.pairing.session_places import over
from tutoring.policy.pairing import may_ask_for, needs_guardian_seat
from tutoring.policy.sessions import MOST_WAITING, may_come

UNFIT = N_("Buổi này không dành cho bạn lúc này. Hãy chọn một buổi khác, hoặc nhờ giúp riêng.")


def locked_session(session_id: int) -> GroupSession:
    """A session, held by the running command; raises Missing."""
    query = sa.select(GroupSession).where(GroupSession.id == session_id).with_for_update()
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise Missing
    return row


def _sign_up_of(session_id: int, learner_id: int) -> SignUp | None:
    query = sa.select(SignUp).where(SignUp.session_id == session_id, SignUp.learner_id == learner_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _for(actor: User, learner_id: int) -> User:
    """Oneself, or a child whose guardian one is; raises Missing."""
    learner = actor if learner_id == actor.id else user(learner_id)
    if learner.id != actor.id and not may_ask_for(is_guardian(actor.id, learner.id), learner.kind == "child"):
        raise Missing
    return learner


@command
def sign_up(actor: User, session_id: int, learner_id: int) -> SignUp:
    """Take a place, for oneself or as the guardian of a child; a place in the waiting list when it is full."""
    learner = _for(actor, learner_id)
    row = locked_session(session_id)
    if row.merged or row.unit_id not in over([learner.id]).get(learner.id, set()):
        raise Missing
    limits.hit("sign_up", actor.id)
    if row.helper_id == learner.id:
        raise Conflict(N_("Đây là buổi của bạn, bạn không cần đăng ký."))
    if row.state != "open" or row.at <= clock.now():
        raise Conflict(N_("Buổi này không còn nhận đăng ký."))
    mine = _sign_up_of(row.id, learner.id)
    if mine is not None and mine.state != "gone":
        raise Conflict(N_("Bạn đã đăng ký buổi này rồi."))
    _check(actor, row, learner)
    waits = not _take_place(row)
    if waits and _waiting(row.id) >= MOST_WAITING:
        raise Conflict(N_("Buổi này và danh sách chờ đều đã đầy. Hãy chọn một buổi khác."))
    if mine is None:
        mine = SignUp(session_id=row.id, learner_id=learner.id)
        db.session.add(mine)
    mine.state, mine.at, mine.by_id = "waiting" if waits else "in", clock.now(), actor.id
    db.session.flush()
    announce(SignedUp(row.id, learner.id, actor.id, waits))
    return mine


def _check(actor: User, row: GroupSession, learner: User) -> None:
    """Every rule of a pair with who leads, and nobody whom one of them avoids; nobody is told whom that is."""
    if actor.id == learner.id and needs_guardian_seat(facts(learner)):
        raise NotAllowed(N_("Em từ 10 tuổi trở xuống thì ba mẹ bấm đăng ký cho em, và cùng vào phòng với em."))
    if not can_ask(learner):
        raise NotAllowed(N_("Tài khoản này chưa đăng ký được: hồ sơ đang chờ xác nhận, hoặc còn thiếu đồng ý."))
    others = db.session.scalars(
        sa.select(SignUp.learner_id).where(SignUp.session_id == row.id, SignUp.state != "gone")
    ).all()
    apart = avoiding([learner.id, row.helper_id, *others])
    known = helper_facts(row.helper)
    if any(learner.id in pair for pair in apart) or not may_come(
        known, facts(learner), row, youth_help_adults=row.unit.youth_may_help_adults
    ):
        raise Conflict(UNFIT)
    query = sa.select(GroupSession).join(SignUp, SignUp.session_id == GroupSession.id)
    query = query.where(SignUp.learner_id == learner.id, SignUp.state != "gone", GroupSession.state == "open")
    if any(one.at < row.ends and row.at < one.ends for one in db.session.scalars(query)):
        raise Conflict(N_("Bạn đã đăng ký một buổi khác cùng giờ."))


def _take_place(row: GroupSession) -> bool:
    """Whether a place was free and is now taken; nobody goes before those who wait."""
    waits = sa.select(SignUp.id).where(SignUp.session_id == row.id, SignUp.state == "waiting")
    taken = db.session.execute(
        sa.update(GroupSession)
        .where(
            GroupSession.id == row.id,
            GroupSession.state == "open",
            GroupSession.taken < GroupSession.places,
            ~waits.exists(),
        )
        .values(taken=GroupSession.taken + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def _waiting(session_id: int) -> int:
    query = sa.select(sa.func.count()).where(SignUp.session_id == session_id, SignUp.state == "waiting")
    return db.session.scalar(query) or 0


@command
def withdraw(actor: User, session_id: int, learner_id: int) -> None:
    """Give a place back, or wait no longer; whoever waited longest gets the place in the same transaction."""
    learner = _for(actor, learner_id)
    row = locked_session(session_id)
    mine = _sign_up_of(row.id, learner.id)
    if mine is None or row.merged:
        raise Missing
    if mine.state == "gone":
        raise Conflict(N_("Bạn đã rút khỏi buổi này rồi."))
    if row.state != "open":
        raise Conflict(N_("Buổi này đã bắt đầu hoặc đã kết thúc."))
    _leave(row, mine)


def leave_open(user_id: int, still: set[int] | None = None) -> None:
    """Inside the running command: this person leaves all sessions that have not begun, but those of these units."""
    query = (
        sa.select(GroupSession.id)
        .join(SignUp, SignUp.session_id == GroupSession.id)
        .where(SignUp.learner_id == user_id, SignUp.state != "gone", GroupSession.state == "open")
    )
    if still is not None:
        query = query.where(GroupSession.unit_id.not_in(still))
    for session_id in db.session.scalars(query.order_by(GroupSession.id)).all():
        row = locked_session(session_id)
        mine = _sign_up_of(session_id, user_id)
        if row.state == "open" and mine is not None and mine.state != "gone":
            _leave(row, mine)


def _leave(row: GroupSession, mine: SignUp) -> None:
    had_place, mine.state = mine.state == "in", "gone"
    db.session.flush()
    announce(WentAway(row.id, mine.learner_id))
    if had_place:
        _pass_on(row)


def _pass_on(row: GroupSession) -> None:
    """The place goes to whoever waited longest, by one statement; only when nobody waits is it free."""
    first = (
        sa.select(SignUp.id)
        .where(SignUp.session_id == row.id, SignUp.state == "waiting")
        .order_by(SignUp.at, SignUp.id)
        .limit(1)
        .scalar_subquery()
    )
    given = db.session.execute(
        sa.update(SignUp)
        .where(SignUp.id == first, SignUp.state == "waiting")
        .values(state="in")
        .returning(SignUp.learner_id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if given is not None:
        announce(PlaceFreed(row.id, given))
        return
    db.session.execute(
        sa.update(GroupSession)
        .where(GroupSession.id == row.id, GroupSession.taken > 0)
        .values(taken=GroupSession.taken - 1)
        .execution_options(synchronize_session=False)
    )
