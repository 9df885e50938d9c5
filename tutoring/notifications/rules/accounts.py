"""Notification rules for accounts, memberships, lesson proposals and consents.

Each reaction runs in the transaction of its event, so an event that is rolled back notifies no user.
"""

import uuid

import sqlalchemy as sa

from tutoring.accounts.events import (
    ConsentEnding,
    ConsentRestored,
    ConsentWithdrawn,
    EmailChanged,
    PasswordTried,
    RecoveryCodeUsed,
)
from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, user
from tutoring.community.events import (
    CodeSettled,
    CodeWaits,
    FactorReset,
    FactorResetAsked,
    HelperConfirmed,
    Joined,
    MembershipConfirmed,
    MembershipEnded,
    RenewalDue,
    ResetCodeIssued,
)
from tutoring.community.memberships.queries import second_approvers
from tutoring.community.memberships.second_factor_resets import may_answer
from tutoring.community.models import Membership
from tutoring.community.queries import ancestors, memberships, unit
from tutoring.kernel import clock
from tutoring.kernel.commands import after_commit
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.lessons.events import LessonPublished, ProposalClosed, ProposalReturned, ProposalSubmitted
from tutoring.lessons.proposals.queries import editor_ids
from tutoring.notifications.delivery.failures import arrived
from tutoring.notifications.events import InboxChanged
from tutoring.notifications.inbox.commands import mark_handled, notify, tell_guardians
from tutoring.openid.events import IdentityLinked
from tutoring.pairing.events import HelpEnded
from tutoring.policy.community import member_seers
from tutoring.rooms.events import PersonStopped
from tutoring.rooms.queries import seats
from tutoring.web.socket_io import realtime


@on(InboxChanged)
def push_inbox_change(event: InboxChanged) -> None:
    after_commit(realtime.push, "changed", {"what": "notices"}, f"user:{event.user_id}")


@on(Joined)
def notify_staff_of_waiting_member(event: Joined) -> None:
    if not event.waiting:
        return
    place = unit(event.unit_id)
    for staff_id in _knowing_staff(event.unit_id, place.kind):
        notify(
            staff_id, f"waiting:{event.user_id}:{event.unit_id}",
            N_("%(name)s đang chờ bạn xác nhận vào %(unit)s."), f"/units/{event.unit_id}",
            again=True, name=user(event.user_id), unit=place.name,
        )  # fmt: skip


@on(CodeWaits)
def notify_approvers_of_waiting_code(event: CodeWaits) -> None:
    say = N_("Một mã mời người vào %(unit)s chờ bạn xác nhận. Mở để xem.")
    for person in second_approvers(event.unit_id, ("coordinator",)):
        if person.id != event.by_id:
            key = f"code-waits:{event.code_id}"
            notify(person.id, key, say, f"/codes/{event.code_id}", unit=unit(event.unit_id).name)


@on(CodeSettled)
def settle_code_notices(event: CodeSettled) -> None:
    mark_handled(path=f"/codes/{event.code_id}")


@on(HelperConfirmed)
def notify_helper_of_confirmation(event: HelperConfirmed) -> None:
    mark_handled(f"renewal:{event.user_id}")
    say = N_("Bạn được giúp người khác thêm một năm nữa. Cảm ơn bạn.")
    if not event.renewed:
        say = N_("Bạn đã được giới thiệu và xác nhận. Mở trang Tôi giúp để xem còn bước nào trước buổi đầu tiên.")
    notify(event.user_id, f"helper:{uuid.uuid4().hex}", say, "/helping")


@on(RenewalDue)
def notify_of_renewal_due(event: RenewalDue) -> None:
    helper, place = user(event.user_id), unit(event.unit_id)
    day = f"{clock.local(event.until):%d/%m/%Y}"
    key = f"renewal:{event.user_id}"
    notify(
        helper.id, key, N_("Việc giúp người khác của bạn hết hạn ngày %(day)s. Hãy nhắc thầy cô hoặc điều phối viên."),
        "/helping", again=True, day=day,
    )  # fmt: skip
    for staff_id in _knowing_staff(event.unit_id, place.kind):
        if staff_id != helper.id:
            notify(
                staff_id, key, N_("%(name)s cần được gia hạn để giúp người khác sau ngày %(day)s."),
                f"/units/{place.id}", again=True, name=helper, day=day,
            )  # fmt: skip


def _knowing_staff(unit_id: int, kind: str) -> list[int]:
    """Returns the staff who know the members of this unit, here or above it."""
    query = (
        sa.select(Membership.user_id)
        .where(
            Membership.unit_id.in_(ancestors(unit_id)),
            Membership.role.in_(member_seers(kind)),
            Membership.state == "active",
        )
        .distinct()
    )
    return list(db.session.scalars(query))


@on(MembershipEnded)
def settle_membership_notices(event: MembershipEnded) -> None:
    _settle_waiting_member(event.user_id, event.unit_id)


def _settle_waiting_member(user_id: int, unit_id: int) -> None:
    mark_handled(f"waiting:{user_id}:{unit_id}")
    here = Membership.unit_id == unit_id, Membership.state == "waiting"
    others = sa.exists().where(*here, Membership.user_id != user_id)
    if not db.session.scalar(sa.select(others)):
        mark_handled(f"unit-ready:{unit_id}:waiting")


@on(MembershipConfirmed)
def notify_family_of_confirmation(event: MembershipConfirmed) -> None:
    _settle_waiting_member(event.user_id, event.unit_id)
    person, place = user(event.user_id), unit(event.unit_id)
    key = f"confirmed:{event.user_id}:{event.unit_id}"
    notify(person.id, key, N_("Bạn đã được xác nhận vào %(unit)s."), "/account", unit=place.name)
    if person.is_minor:
        tell_guardians(
            person, key, N_("%(child)s đã được xác nhận vào %(unit)s."),
            f"/children/{person.id}" if person.kind == "child" else "", unit=place.name,
        )  # fmt: skip


@on(ResetCodeIssued)
def notify_guardians_of_reset_code(event: ResetCodeIssued) -> None:
    person = user(event.user_id)
    say = N_("%(staff)s vừa cấp mã đặt lại mật khẩu cho %(child)s.")
    tell_guardians(person, f"reset:{uuid.uuid4().hex}", say, staff=user(event.issued_by_id))


@on(RecoveryCodeUsed)
def notify_owner_of_recovery_code_use(event: RecoveryCodeUsed) -> None:
    notify(
        event.user_id, f"recovery:{uuid.uuid4().hex}",
        N_("Một mã dự phòng của bạn vừa được dùng, còn %(left)s mã. Không phải bạn thì đổi mật khẩu ngay."),
        "/account", left=event.left,
    )  # fmt: skip


@on(PasswordTried)
def notify_owner_of_password_attempts(event: PasswordTried) -> None:
    notify(
        event.user_id, f"tried:{uuid.uuid4().hex}",
        N_("Có người thử mật khẩu của bạn nhiều lần từ máy lạ. Máy bạn vẫn dùng không bị chặn. "
           "Hãy đổi mật khẩu nếu có ai biết."),
        "/account",
    )  # fmt: skip


_EMAIL = {
    "added": N_("Tài khoản của bạn vừa có email. Không phải bạn thì đổi mật khẩu ngay và báo điều phối viên."),
    "changed": N_("Email của tài khoản vừa đổi. Không phải bạn thì đổi mật khẩu ngay và báo điều phối viên."),
    "removed": N_("Email của tài khoản vừa bị bỏ. Không phải bạn thì đổi mật khẩu ngay và báo điều phối viên."),
}


@on(EmailChanged)
def notify_owner_of_email_change(event: EmailChanged) -> None:
    arrived(event.user_id, "mail")  # failures of the old address say nothing about the new one
    notify(event.user_id, f"email:{event.user_id}:{event.at.isoformat()}", _EMAIL[event.how], "/account")


@on(IdentityLinked)
def notify_owner_of_school_account(event: IdentityLinked) -> None:
    say = N_(
        "Tài khoản của bạn vừa nối với %(label)s. Không phải bạn thì bỏ nối ở trang Tài khoản và đổi mật khẩu ngay."
    )
    notify(event.user_id, f"identity:{event.link_id}", say, "/account", label=event.label)


@on(FactorResetAsked)
def notify_of_factor_reset_request(event: FactorResetAsked) -> None:
    person, asker = user(event.user_id), user(event.asked_by_id)
    notify(
        person.id, f"factor-asked:{uuid.uuid4().hex}",
        N_("%(staff)s đề nghị gỡ mã trên điện thoại của bạn. Nếu bạn không nhờ, hãy gọi điều phối viên ngay."),
        "/account", staff=asker,
    )  # fmt: skip
    for staff_id, membership_id in may_answer(person.id).items():
        if staff_id != asker.id:
            notify(
                staff_id, f"factor:{person.id}",
                N_("%(staff)s đề nghị gỡ mã trên điện thoại của %(name)s. Cần bạn xem và xác nhận."),
                f"/members/{membership_id}/factor-reset", again=True, staff=asker, name=person,
            )  # fmt: skip


@on(FactorReset)
def notify_owner_of_factor_reset(event: FactorReset) -> None:
    mark_handled(f"factor:{event.user_id}")
    if event.done:
        notify(
            event.user_id, f"factor-reset:{uuid.uuid4().hex}",
            N_("Mã trên điện thoại của bạn đã được gỡ. Nếu bạn không nhờ, hãy gọi điều phối viên ngay."), "/account",
        )  # fmt: skip


@on(ProposalSubmitted)
def notify_editors_of_proposal(event: ProposalSubmitted) -> None:
    editors = [one for one in editor_ids() if one != event.author_id]
    if not editors:
        _tell_who_names_editors(event.author_id)
    for editor_id in editors:
        notify(
            editor_id, f"proposal:{event.proposal_id}", N_("%(name)s gửi một bài viết chờ bạn duyệt."),
            f"/writing/{event.proposal_id}/review", again=True, name=user(event.author_id),
        )  # fmt: skip


def _tell_who_names_editors(author_id: int) -> None:
    """Notifies coordinators who may appoint an editor; without one the text would wait forever."""
    say = N_("%(name)s gửi một bài viết mà chưa ai được giao việc duyệt. Mở để giao cho một người.")
    for place in memberships(author_id):
        for person in second_approvers(place.unit_id, ("coordinator",), admins=False):
            key = f"no-editor:{author_id}"
            notify(person.id, key, say, "/writing/editors", again=True, name=user(author_id))


@on(ProposalClosed)
def settle_review_notices(event: ProposalClosed) -> None:
    mark_handled(path=f"/writing/{event.proposal_id}/review")


@on(ProposalReturned)
def notify_author_of_returned_proposal(event: ProposalReturned) -> None:
    mark_handled(path=f"/writing/{event.proposal_id}/review")
    mark_handled(f"no-editor:{event.author_id}")
    notify(
        event.author_id, f"proposal:{event.proposal_id}", N_("Bài bạn viết cần sửa thêm. Mở để xem lời nhắn."),
        f"/writing/{event.proposal_id}", again=True,
    )  # fmt: skip


@on(LessonPublished)
def notify_author_of_publication(event: LessonPublished) -> None:
    mark_handled(path=f"/writing/{event.proposal_id}/review")
    mark_handled(path=f"/writing/{event.proposal_id}")
    mark_handled(f"no-editor:{event.author_id}")
    notify(
        event.author_id, f"published:{event.proposal_id}", N_("Bài bạn viết đã được đăng. Cảm ơn bạn."),
        f"/lessons/{event.lesson_slug}",
    )  # fmt: skip


def _place(person: User, viewer: User) -> str:
    """Returns the page where the viewer sees this user's consents; empty without access."""
    if viewer.id == person.id:
        return "/account"
    return f"/children/{person.id}" if person.kind == "child" else ""


def _tell_family(person: User, key: str, to_guardians: str, to_own: str, path: str = "") -> None:
    for guardian in guardians(person.id):
        where = path if path and person.kind == "child" else _place(person, guardian)
        notify(guardian.id, key, to_guardians, where, child=person.called_name)
    notify(person.id, key, to_own, path or _place(person, person))


@on(ConsentWithdrawn)
def notify_family_of_consent_end(event: ConsentWithdrawn) -> None:
    person = user(event.subject_id)
    if event.why == "ended":
        _tell_family(
            person, f"ended:{person.id}:{clock.today().isoformat()}",
            N_(
                "Năm học mới rồi: vài lời đồng ý cho %(child)s đã hết hạn nên việc đó tạm dừng. Đồng ý lại là học tiếp."
            ),
            N_("Năm học mới rồi: vài lời đồng ý đã hết hạn nên việc đó tạm dừng. Đồng ý lại là học tiếp."),
        )  # fmt: skip
        return
    _tell_family(
        person, f"withdrawn:{uuid.uuid4().hex}",
        N_("Một lời đồng ý cho %(child)s đã được rút lại. Việc dựa vào đó đã dừng."),
        N_("Một lời đồng ý đã được rút lại. Việc dựa vào đó đã dừng. Em không làm gì sai."),
    )  # fmt: skip


@on(ConsentRestored)
def notify_family_of_restored_consent(event: ConsentRestored) -> None:
    _tell_family(
        user(event.subject_id), f"restored:{uuid.uuid4().hex}",
        N_("Một lời đồng ý cho %(child)s vừa có hiệu lực trở lại."), N_("Một lời đồng ý vừa có hiệu lực trở lại."),
    )  # fmt: skip


@on(ConsentEnding)
def notify_family_of_consent_renewal(event: ConsentEnding) -> None:
    person = user(event.subject_id)
    _tell_family(
        person, f"ending:{person.id}:{event.last_day.year}",
        N_("Năm học sắp hết: các lời đồng ý cho %(child)s hết hạn ngày 31/8. Mở để đọc lại và trả lời từng việc."),
        N_("Năm học sắp hết: các lời đồng ý hết hạn ngày 31/8. Mở để đọc lại và trả lời từng việc."),
        f"/children/{person.id}/renewal",
    )  # fmt: skip


@on(PersonStopped)
def notify_room_of_stopped_person(event: PersonStopped) -> None:
    mark_handled(path=f"/rooms/{event.room_id}")
    say = (
        N_("Buổi học với %(name)s dừng vì lời đồng ý của năm học đã hết hạn. Bạn không làm gì sai. Cảm ơn bạn.")
        if event.why == "ended"
        else N_("Buổi học với %(name)s đã dừng theo ý của gia đình hoặc của bạn ấy. Bạn không làm gì sai. Cảm ơn bạn.")
    )
    for seat in seats(event.room_id):
        if seat.user_id != event.user_id and seat.role in {"learner", "helper"}:
            notify(
                seat.user_id, f"stopped:{event.room_id}:{event.user_id}", say, f"/rooms/{event.room_id}",
                name=user(event.user_id),
            )  # fmt: skip


@on(HelpEnded)
def notify_helper_of_consent_stop(event: HelpEnded) -> None:
    if event.why == "consent" and event.helper_id is not None:
        notify(
            event.helper_id, f"stopped:{event.request_id}",
            N_("Yêu cầu giúp bạn vừa nhận đã dừng theo ý của gia đình người học. Bạn không làm gì sai. Cảm ơn bạn."),
            "/helping",
        )  # fmt: skip
