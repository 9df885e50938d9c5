"""Who is told what of minutes of help and of the papers about them."""

import uuid

from tutoring.accounts.queries import guardians, user
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.commands import settle, tell, tell_guardians
from tutoring.pairing.paper_events import PaperIssued, PaperRevoked
from tutoring.rooms.events import MinutesChanged, MinutesCounted
from tutoring.rooms.helped import helped_session


@on(MinutesCounted)
def guardian_of_a_young_child_is_asked(event: MinutesCounted) -> None:
    session = helped_session(event.session_id)
    if session.learner.band == "up_to_10":
        for guardian in guardians(session.learner_id):
            tell(
                guardian.id, _asked(event.session_id),
                N_("%(helper)s vừa giúp %(child)s. Ba mẹ xác nhận giúp để tính giờ cho người giúp nhé."),
                f"/children/{session.learner_id}",
                helper=session.helper.shown_name, child=session.learner.called_name,
            )  # fmt: skip


def _asked(session_id: int) -> str:
    return f"helped:{session_id}"


@on(MinutesChanged)
def helper_hears_of_what_staff_decided(event: MinutesChanged) -> None:
    if event.what in ("helped", "nobody"):
        settle(_asked(event.session_id))
        return
    session = helped_session(event.session_id)
    say, why = N_("Một buổi giúp của bạn ngày %(day)s được tính lại."), ""
    if event.what == "struck":
        say, why = N_("Một buổi giúp của bạn ngày %(day)s không được tính. Lý do: %(why)s"), session.struck_reason
    key = f"minutes:{event.session_id}:{uuid.uuid4().hex}"
    tell(event.helper_id, key, say, "/helping/minutes", day=event.day.strftime("%d/%m/%Y"), why=why)


@on(PaperIssued)
def guardians_hear_of_a_paper(event: PaperIssued) -> None:
    helper = user(event.helper_id)
    if helper.is_minor:
        tell_guardians(
            helper, _paper(event.paper_id),
            N_("%(child)s vừa lập giấy xác nhận giờ giúp. Mở để xem; muốn thì thu hồi được."), _path(event.paper_id),
        )  # fmt: skip


def _paper(paper_id: int) -> str:
    return f"paper:{paper_id}"


def _path(paper_id: int) -> str:
    return f"/helping/papers/{paper_id}"


@on(PaperRevoked)
def holder_hears_of_the_end(event: PaperRevoked) -> None:
    settle(_paper(event.paper_id))
    if event.why != "own":
        tell(
            event.helper_id, f"revoked:{event.paper_id}",
            N_("Một giấy xác nhận giờ giúp của bạn không còn hiệu lực. Mở để xem vì sao."), _path(event.paper_id),
        )  # fmt: skip
