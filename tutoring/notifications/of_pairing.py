"""Who is told what of help requests."""

import uuid
from typing import Any

from tutoring.accounts.queries import user
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.commands import settle, settle_of, tell, tell_guardians
from tutoring.notifications.keys import alarm, asked_on, wished
from tutoring.pairing.events import (
    AlarmSeen,
    AskedOn,
    GuardianAsked,
    HandedOver,
    HelpClaimed,
    HelpEnded,
    HelperAway,
    HelpPaused,
    HelpReturned,
    LearnerMissed,
    NobodyLeft,
    OfferClosed,
    OfferMade,
    PairOpened,
)
from tutoring.pairing.queries import request
from tutoring.pairing.stewards import coordinators_of


@on(HelpClaimed)
def learner_hears_of_helper(event: HelpClaimed) -> None:
    settle(alarm(event.request_id), asked_on(event.request_id), wished(event.request_id))
    tell(
        event.learner_id,
        f"claimed:{event.request_id}:{event.helper_id}",
        N_("%(helper)s sẵn sàng giúp bạn. Mở để xem và trả lời."),
        f"/requests/{event.request_id}",
        helper=user(event.helper_id).shown_name,
    )


@on(GuardianAsked)
def guardian_is_asked(event: GuardianAsked) -> None:
    tell_guardians(
        user(event.learner_id),
        f"guardian:{event.request_id}:{event.helper_id}",
        N_("%(child)s nhờ ba mẹ đồng ý để %(helper)s giúp. Mở để xem."),
        f"/requests/{event.request_id}",
        helper=user(event.helper_id).said_name,
    )


@on(HelpReturned)
def helper_hears_of_return(event: HelpReturned) -> None:
    settle(path=f"/requests/{event.request_id}")
    if event.why in {"given_back", "consent", "left", "stopped", "suspended"}:
        tell(
            event.learner_id,
            f"returned:{event.request_id}:{event.helper_id}",
            N_("Người nhận giúp vừa bận. Yêu cầu của bạn vẫn giữ chỗ cũ trong hàng."),
            f"/requests/{event.request_id}",
        )
        return
    if event.why == "helper_silent":
        tell(
            event.learner_id, f"returned:{event.request_id}:{event.helper_id}",
            N_("Người giúp chưa vào phòng. Bạn đã được chuyển lên đầu hàng, lời nhờ vẫn còn nguyên."),
            f"/requests/{event.request_id}",
        )  # fmt: skip
    words = {
        "helper_silent": N_("Bạn chưa nhắn gì trong phòng nên người học đã được chuyển cho người khác."),
        "time_cancelled": N_("Người học đã huỷ cuộc hẹn. Cảm ơn bạn đã sẵn lòng giúp."),
        "declined": N_("Người học chưa nhận lần này. Cảm ơn bạn đã sẵn lòng giúp."),
        "expired": N_("Người học chưa trả lời kịp nên yêu cầu đã trở lại hàng chờ. Cảm ơn bạn."),
    }
    if say := words.get(event.why):
        tell(event.helper_id, f"returned:{event.request_id}:{event.helper_id}", say, "/helping")


@on(HandedOver)
def both_sides_hear_who_helps_on(event: HandedOver) -> None:
    asked = request(event.request_id)
    staff, learner = user(event.by_id), asked.learner
    path, key = f"/requests/{asked.id}", f"handed:{event.room_id}"
    tell(
        event.helper_id, key,
        N_("%(staff)s đã nhờ người khác giúp tiếp. Phút hai bên cùng làm vẫn được tính. Cảm ơn bạn đã giúp."),
        f"/rooms/{event.room_id}", staff=staff.shown_name,
    )  # fmt: skip
    if event.to_id is None:
        say = N_("%(staff)s tìm người khác giúp bạn tiếp. Bạn ở đầu hàng, lời nhờ và ảnh còn nguyên.")
        of_child = N_("%(staff)s tìm người khác giúp %(child)s tiếp. Lời nhờ ở đầu hàng chờ, vẫn còn nguyên.")
        who: dict[str, Any] = {"staff": staff.shown_name}
    else:
        say = N_("%(staff)s đã nhờ %(helper)s giúp bạn tiếp. Hai bên đồng ý thì phòng mới mở; bạn ở đầu hàng.")
        of_child = N_("%(staff)s đã nhờ %(helper)s giúp %(child)s tiếp. Hai bên đồng ý thì phòng mới mở.")
        who = {"staff": staff.shown_name, "helper": user(event.to_id).said_name}
    tell(learner.id, key, say, path, **who)
    if learner.is_minor:
        tell_guardians(learner, key, of_child, path if learner.kind == "child" else "", **who)


@on(PairOpened)
def people_hear_of_room(event: PairOpened) -> None:
    settle(path=f"/requests/{event.request_id}")
    path = f"/rooms/{event.room_id}"
    learner, helper = user(event.learner_id), user(event.helper_id)
    tell(
        helper.id, f"opened:{event.room_id}", N_("%(learner)s đã đồng ý. Phòng học đã mở."), path,
        learner=learner.shown_name,
    )  # fmt: skip
    if event.minor:
        tell_guardians(
            learner, f"opened:{event.room_id}", N_("%(child)s đang được %(helper)s giúp trong phòng có thầy cô trực."),
            path if learner.kind == "child" else "", helper=helper.said_name,
        )  # fmt: skip


@on(HelpEnded)
def helper_hears_of_cancel(event: HelpEnded) -> None:
    settle(alarm(event.request_id), asked_on(event.request_id))
    settle(path=f"/requests/{event.request_id}")
    if event.helper_id is not None:
        settle_of([event.helper_id], f"near:{event.request_id}:")
    if event.outcome == "cancelled" and event.helper_id is not None:
        tell(event.helper_id, f"cancelled:{event.request_id}", N_("Người học đã huỷ yêu cầu. Cảm ơn bạn."), "/helping")
    if event.why:  # stopped by a rule before there was a room: nobody pressed anything
        tell(
            event.learner_id, f"stopped:{event.request_id}",
            N_("Lời nhờ của bạn đã dừng vì tài khoản hoặc đồng ý vừa thay đổi. Mở để xem."),
            f"/requests/{event.request_id}",
        )  # fmt: skip


@on(AskedOn)
def earlier_helper_hears_of_it(event: AskedOn) -> None:
    tell(
        event.helper_id, asked_on(event.request_id),
        N_("%(learner)s muốn hỏi tiếp sau buổi học với bạn. Nếu rảnh, bạn mở để nhận giúp."), "/helping",
        learner=user(event.learner_id).shown_name,
    )  # fmt: skip


@on(OfferMade)
def helper_hears_of_offer(event: OfferMade) -> None:
    tell(event.helper_id, f"offer:{event.offer_id}", N_("Có người đang cần bạn giúp ngay. Mở để xem."), "/helping",
         again=True)  # fmt: skip


@on(OfferClosed)
def offer_is_settled(event: OfferClosed) -> None:
    settle(f"offer:{event.offer_id}")


@on(HelperAway)
def helper_hears_of_being_away(event: HelperAway) -> None:
    tell(
        event.user_id, "away",
        N_("Hai lời nhờ liền bạn chưa kịp trả lời, nên tạm thời không ai hỏi bạn. Rảnh thì bấm Tôi lại rảnh."),
        "/helping", again=True,
    )  # fmt: skip


@on(NobodyLeft)
def coordinators_are_alarmed(event: NobodyLeft) -> None:
    for user_id in coordinators_of(event.unit_id):
        tell(
            user_id, alarm(event.request_id),
            N_("Có người đang chờ giúp mà không còn ai để hỏi. Hãy xem và tìm người giúp."),
            f"/units/{event.unit_id}/waiting", again=True,
        )  # fmt: skip


@on(AlarmSeen)
def somebody_looks(event: AlarmSeen) -> None:
    settle(alarm(event.request_id))


@on(HelpPaused)
def pause_stops_the_alarm(event: HelpPaused) -> None:
    settle(alarm(event.request_id))


@on(LearnerMissed)
def both_hear_that_the_learner_was_missed(event: LearnerMissed) -> None:
    path = f"/requests/{event.request_id}"
    settle(path=path)
    tell(
        event.learner_id, f"missed:{event.request_id}:{uuid.uuid4().hex}",
        N_("Người giúp đã chờ mà chưa gặp bạn. Chỗ của bạn vẫn giữ: mở ra và bấm Tôi quay lại rồi."), path,
    )  # fmt: skip
    tell(
        event.helper_id, f"missed:{event.request_id}:{uuid.uuid4().hex}",
        N_("Người học chưa vào phòng. Bạn rảnh rồi, cảm ơn bạn đã chờ."), "/helping",
    )  # fmt: skip
