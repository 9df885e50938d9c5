"""Commands on certificates of volunteer hours: issue, revoke, check and erase them.

A certificate is revoked by its holder, a guardian or a coordinator, or when its consent or minutes change.
"""

import secrets
from datetime import date

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.queries import memberships
from tutoring.kernel import audit, clock, encryption
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.pairing.certificates import queries as certificates_queries
from tutoring.pairing.certificates.events import CertificateIssued, CertificateRevoked
from tutoring.pairing.certificates.models import HoursCertificate
from tutoring.pairing.eligibility import home_unit
from tutoring.policy.rooms.volunteer_minutes import LONGEST_PERIOD, MOST_PAPERS, PAPER_LASTS
from tutoring.rooms.volunteer_minutes.queries import sessions_of
from tutoring.safety.free_text import validate_reason


@command
def issue_paper(user: User, from_day: date, until_day: date) -> HoursCertificate:
    """Issues a certificate for a period, with the minutes that count now.

    Raises InvalidInput, Forbidden or Conflict, each with a message that says what to do.
    """
    _check_period(from_day, until_day)
    db.session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())  # serializes concurrent calls
    if user.state != "active" or not certificates_queries.may_publish_certificate(user):
        raise Forbidden(N_("Cần có lời đồng ý cho việc “Giấy xác nhận giờ giúp” trước. Mở trang Tài khoản để xem."))
    if certificates_queries.held_back([user.id]):
        raise Conflict(N_("Lúc này chưa lập giấy được. Hãy thử lại sau vài ngày."))
    found = certificates_queries.summed(sessions_of(user.id), from_day, until_day)
    if not found.minutes:
        raise Conflict(
            N_(
                "Những ngày này chưa có phút nào được xác nhận. "
                "Hãy nhờ người bạn đã giúp trả lời “Có, tôi đã được giúp”."
            )
        )
    if (
        sum(certificates_queries.state(one) == "valid" for one in certificates_queries.certificates_of(user.id))
        >= MOST_PAPERS
    ):
        raise Conflict(N_("Bạn đang có 5 giấy còn hiệu lực. Hãy thu hồi giấy không dùng nữa rồi lập giấy mới."))
    place = home_unit(user.id) or next((one.unit for one in memberships(user.id)), None)
    if place is None:
        raise Forbidden(N_("Bạn chưa thuộc lớp, trường hay phường nào. Hãy xin mã tham gia trước."))
    token = secrets.token_hex(16)
    row = HoursCertificate(
        helper_id=user.id,
        token=token,
        token_mark=encryption.blind_index(token, certificates_queries.MARK),
        called_name=user.shown_name,
        unit_id=place.id,
        from_day=from_day,
        until_day=until_day,
        minutes=found.minutes,
        sessions=found.sessions,
        topics=found.topics,
        expires_at=clock.now() + PAPER_LASTS,
    )
    db.session.add(row)
    db.session.flush()
    publish(CertificateIssued(row.id, user.id))
    return row


def _check_period(from_day: date, until_day: date) -> None:
    if until_day < from_day:
        raise InvalidInput(N_("Ngày cuối không được trước ngày đầu."), field="until_day")
    if until_day > clock.today():
        raise InvalidInput(N_("Ngày cuối chưa tới. Hãy chọn hôm nay hoặc một ngày trước đó."), field="until_day")
    if until_day - from_day > LONGEST_PERIOD:
        raise InvalidInput(N_("Một giấy ghi nhiều nhất một năm. Hãy chọn khoảng ngắn hơn."), field="from_day")


@command
def revoke_paper(actor: User, paper_id: int, reason: str = "") -> HoursCertificate:
    """Revokes a certificate; idempotent.

    A coordinator must give a reason, which the holder reads. The holder and a guardian need none.
    """
    row = certificates_queries.paper_for(actor, paper_id)
    if row.revoked_at is not None:
        return row
    own, guardian, _roles = certificates_queries.standing_of(actor, row)
    if own or guardian:
        _revoke(row, "own" if own else "guardian", actor.id)
        return row
    row.revoked_reason = validate_reason(reason)
    audit.record(actor.id, "revoke_paper", f"hours_paper:{row.id}", row.revoked_reason)
    _revoke(row, "coordinator", actor.id)
    return row


@command
def end_papers_of(helper_id: int) -> None:
    """Revokes all certificates of a helper whose consent was withdrawn."""
    for row in _standing(helper_id):
        _revoke(row, "consent", None)


@command
def check_papers_of(helper_id: int, day: date) -> None:
    """Revokes certificates that state more than counts now, after minutes of `day` were removed."""
    rows = _standing(helper_id, HoursCertificate.from_day <= day, HoursCertificate.until_day >= day)
    sessions = sessions_of(helper_id) if rows else []
    for row in rows:
        now = certificates_queries.summed(sessions, row.from_day, row.until_day)
        if now.minutes < row.minutes or now.sessions < row.sessions:
            _revoke(row, "changed", None)


def _standing(helper_id: int, *which: sa.ColumnElement[bool]) -> list[HoursCertificate]:
    query = sa.select(HoursCertificate).where(
        HoursCertificate.helper_id == helper_id, HoursCertificate.revoked_at.is_(None), *which
    )
    return list(db.session.scalars(query.order_by(HoursCertificate.id)))


def _revoke(row: HoursCertificate, why: str, by_id: int | None) -> None:
    row.revoked_at, row.revoked_why, row.revoked_by_id = clock.now(), why, by_id
    db.session.flush()
    publish(CertificateRevoked(row.id, row.helper_id, why))


@command
def erase_papers(helper_id: int) -> None:
    """Deletes all certificates of a helper, with the names on them."""
    db.session.execute(sa.delete(HoursCertificate).where(HoursCertificate.helper_id == helper_id))
