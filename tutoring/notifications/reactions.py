"""Who is told what: one reaction for each fact, in its transaction, so nobody is told of what did not happen."""

import uuid

import sqlalchemy as sa

from tutoring.accounts.events import EmailChanged, PasswordTried, RecoveryCodeUsed
from tutoring.accounts.queries import user
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
from tutoring.community.factor_resets import may_answer
from tutoring.community.models import Membership
from tutoring.community.queries import lineage, memberships, unit
from tutoring.community.roster import seconds
from tutoring.kernel import clock
from tutoring.kernel.commands import after_commit
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.lessons.events import LessonPublished, ProposalClosed, ProposalReturned, ProposalSubmitted
from tutoring.lessons.queries.editing import editor_ids
from tutoring.notifications.commands import settle, tell, tell_guardians
from tutoring.notifications.events import InboxChanged
from tutoring.notifications.troubles import arrived
from tutoring.policy.community import member_seers
from tutoring.web import live


@on(InboxChanged)
def open_pages_hear(event: InboxChanged) -> None:
    after_commit(live.push, "changed", {"what": "notices"}, f"user:{event.user_id}")


@on(Joined)
def staff_hear_of_waiting(event: Joined) -> None:
    if not event.waiting:
        return
    place = unit(event.unit_id)
    for staff_id in _knowing_staff(event.unit_id, place.kind):
        tell(
            staff_id, f"waiting:{event.user_id}:{event.unit_id}",
            N_("%(name)s đang chờ bạn xác nhận vào %(unit)s."), f"/units/{event.unit_id}",
            again=True, name=user(event.user_id).shown_name, unit=place.name,
        )  # fmt: skip


@on(CodeWaits)
def whoever_may_confirm_hears_of_a_code(event: CodeWaits) -> None:
    say = N_("Một mã mời người vào %(unit)s chờ bạn xác nhận. Mở để xem.")
    for person in seconds(event.unit_id, ("coordinator",)):
        if person.id != event.by_id:
            key = f"code-waits:{event.code_id}"
            tell(person.id, key, say, f"/codes/{event.code_id}", unit=unit(event.unit_id).name)


@on(CodeSettled)
def nobody_is_called_to_a_code_that_is_settled(event: CodeSettled) -> None:
    settle(path=f"/codes/{event.code_id}")


@on(HelperConfirmed)
def helper_hears_of_the_second_yes(event: HelperConfirmed) -> None:
    settle(f"renewal:{event.user_id}")
    say = N_("Bạn được giúp người khác thêm một năm nữa. Cảm ơn bạn.")
    if not event.renewed:
        say = N_("Bạn đã được giới thiệu và xác nhận. Mở trang Tôi giúp để xem còn bước nào trước buổi đầu tiên.")
    tell(event.user_id, f"helper:{uuid.uuid4().hex}", say, "/helping")


@on(RenewalDue)
def people_hear_that_a_year_ends(event: RenewalDue) -> None:
    helper, place = user(event.user_id), unit(event.unit_id)
    day = f"{clock.local(event.until):%d/%m/%Y}"
    key = f"renewal:{event.user_id}"
    tell(
        helper.id, key, N_("Việc giúp người khác của bạn hết hạn ngày %(day)s. Hãy nhắc thầy cô hoặc điều phối viên."),
        "/helping", again=True, day=day,
    )  # fmt: skip
    for staff_id in _knowing_staff(event.unit_id, place.kind):
        if staff_id != helper.id:
            tell(
                staff_id, key, N_("%(name)s cần được gia hạn để giúp người khác sau ngày %(day)s."),
                f"/units/{place.id}", again=True, name=helper.shown_name, day=day,
            )  # fmt: skip


def _knowing_staff(unit_id: int, kind: str) -> list[int]:
    """Those who know the members of this unit, here or above it."""
    query = (
        sa.select(Membership.user_id)
        .where(
            Membership.unit_id.in_(lineage(unit_id)),
            Membership.role.in_(member_seers(kind)),
            Membership.state == "active",
        )
        .distinct()
    )
    return list(db.session.scalars(query))


@on(MembershipEnded)
def refusals_are_settled(event: MembershipEnded) -> None:
    settle(f"waiting:{event.user_id}:{event.unit_id}")


@on(MembershipConfirmed)
def family_hears_of_confirmation(event: MembershipConfirmed) -> None:
    settle(f"waiting:{event.user_id}:{event.unit_id}")
    person, place = user(event.user_id), unit(event.unit_id)
    key = f"confirmed:{event.user_id}:{event.unit_id}"
    tell(person.id, key, N_("Bạn đã được xác nhận vào %(unit)s."), "/account", unit=place.name)
    if person.is_minor:
        tell_guardians(
            person, key, N_("%(child)s đã được xác nhận vào %(unit)s."),
            f"/children/{person.id}" if person.kind == "child" else "", unit=place.name,
        )  # fmt: skip


@on(ResetCodeIssued)
def family_hears_of_reset(event: ResetCodeIssued) -> None:
    person = user(event.user_id)
    say = N_("%(staff)s vừa cấp mã đặt lại mật khẩu cho %(child)s.")
    tell_guardians(person, f"reset:{uuid.uuid4().hex}", say, staff=user(event.issued_by_id).shown_name)


@on(RecoveryCodeUsed)
def owner_hears_of_recovery_code(event: RecoveryCodeUsed) -> None:
    tell(
        event.user_id, f"recovery:{uuid.uuid4().hex}",
        N_("Một mã dự phòng của bạn vừa được dùng, còn %(left)s mã. Không phải bạn thì đổi mật khẩu ngay."),
        "/account", left=event.left,
    )  # fmt: skip


@on(PasswordTried)
def owner_hears_of_tries(event: PasswordTried) -> None:
    tell(
        event.user_id, f"tried:{uuid.uuid4().hex}",
        N_("Có người thử mật khẩu của bạn nhiều lần từ máy lạ. Máy bạn vẫn dùng không bị chặn. "
           "Hãy đổi mật khẩu nếu có ai biết."),
        "/account",
    )  # fmt: skip


_EMAIL = {
    "added": N_("Tài khoản của bạn vừa có e-mail. Không phải bạn thì đổi mật khẩu ngay và báo điều phối viên."),
    "changed": N_("E-mail của tài khoản vừa đổi. Không phải bạn thì đổi mật khẩu ngay và báo điều phối viên."),
    "removed": N_("E-mail của tài khoản vừa bị bỏ. Không phải bạn thì đổi mật khẩu ngay và báo điều phối viên."),
}


@on(EmailChanged)
def owner_hears_of_the_address(event: EmailChanged) -> None:
    arrived(event.user_id, "mail")  # what did not reach the address before says nothing of this one
    tell(event.user_id, f"email:{event.user_id}:{event.at.isoformat()}", _EMAIL[event.how], "/account")


@on(FactorResetAsked)
def second_people_hear_of_lost_factor(event: FactorResetAsked) -> None:
    person, asker = user(event.user_id), user(event.asked_by_id)
    tell(
        person.id, f"factor-asked:{uuid.uuid4().hex}",
        N_("%(staff)s đề nghị gỡ mã trên điện thoại của bạn. Nếu bạn không nhờ, hãy gọi điều phối viên ngay."),
        "/account", staff=asker.shown_name,
    )  # fmt: skip
    for staff_id, membership_id in may_answer(person.id).items():
        if staff_id != asker.id:
            tell(
                staff_id, f"factor:{person.id}",
                N_("%(staff)s đề nghị gỡ mã trên điện thoại của %(name)s. Cần bạn xem và xác nhận."),
                f"/members/{membership_id}/factor-reset", again=True, staff=asker.shown_name, name=person.shown_name,
            )  # fmt: skip


@on(FactorReset)
def owner_hears_that_the_factor_is_gone(event: FactorReset) -> None:
    settle(f"factor:{event.user_id}")
    if event.done:
        tell(
            event.user_id, f"factor-reset:{uuid.uuid4().hex}",
            N_("Mã trên điện thoại của bạn đã được gỡ. Nếu bạn không nhờ, hãy gọi điều phối viên ngay."), "/account",
        )  # fmt: skip


@on(ProposalSubmitted)
def editors_hear_of_proposal(event: ProposalSubmitted) -> None:
    editors = [one for one in editor_ids() if one != event.author_id]
    if not editors:
        _tell_who_names_editors(event.author_id)
    for editor_id in editors:
        tell(
            editor_id, f"proposal:{event.proposal_id}", N_("%(name)s gửi một bài viết chờ bạn duyệt."),
            f"/writing/{event.proposal_id}/review", again=True, name=user(event.author_id).shown_name,
        )  # fmt: skip


def _tell_who_names_editors(author_id: int) -> None:
    """Nobody reviews: without a word to those who may name somebody, the text would wait for ever."""
    say = N_("%(name)s gửi một bài viết mà chưa ai được giao việc duyệt. Mở để giao cho một người.")
    for place in memberships(author_id):
        for person in seconds(place.unit_id, ("coordinator",), admins=False):
            key = f"no-editor:{author_id}"
            tell(person.id, key, say, "/writing/editors", again=True, name=user(author_id).shown_name)


@on(ProposalClosed)
def editors_need_not_look(event: ProposalClosed) -> None:
    settle(path=f"/writing/{event.proposal_id}/review")


@on(ProposalReturned)
def author_hears_what_is_left(event: ProposalReturned) -> None:
    settle(path=f"/writing/{event.proposal_id}/review")
    tell(
        event.author_id, f"proposal:{event.proposal_id}", N_("Bài bạn viết cần sửa thêm. Mở để xem lời nhắn."),
        f"/writing/{event.proposal_id}", again=True,
    )  # fmt: skip


@on(LessonPublished)
def author_hears_of_publication(event: LessonPublished) -> None:
    settle(path=f"/writing/{event.proposal_id}/review")
    settle(path=f"/writing/{event.proposal_id}")
    tell(
        event.author_id, f"published:{event.proposal_id}", N_("Bài bạn viết đã được đăng. Cảm ơn bạn."),
        f"/lessons/{event.lesson_slug}",
    )  # fmt: skip
