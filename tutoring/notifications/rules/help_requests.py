"""Notification rules for help requests: offers, rooms, agreed times, written answers.

They also cover requests that the help desk holds for want of a device or internet; those notices hold no names and no
user-written text.
"""

import uuid
from typing import Any

from tutoring.accounts.queries import user
from tutoring.community.memberships.queries import second_approvers
from tutoring.kernel import clock
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import mark_handled, notify, settle_of, tell_guardians
from tutoring.notifications.rules.wording import alarm_key, at_time, follow_up_key, invitation_key, with_holiday
from tutoring.pairing.awaiting_device.events import (
    DeviceWaitContinued,
    DeviceWaitEnded,
    DeviceWaitLong,
    HelpAwaitingDevice,
)
from tutoring.pairing.awaiting_device.queries import desks_of
from tutoring.pairing.events import (
    AlarmSeen,
    DeferralEnded,
    FollowUpRequested,
    GuardianAsked,
    HandedOver,
    HelpClaimed,
    HelpDeferred,
    HelpEnded,
    HelperAway,
    HelpPaused,
    HelpReturned,
    LearnerMissed,
    NoHelperLeft,
    OfferClosed,
    OfferMade,
    PairOpened,
    VoiceNoteLost,
)
from tutoring.pairing.fallbacks.events import (
    AnswerRated,
    AnswerWritten,
    FallbacksOffered,
    HelpersInvited,
    TimeAgreed,
    TimeMissed,
    TimeNear,
    TimesWished,
    WishedTimesExpired,
    WrittenAnswerDue,
)
from tutoring.pairing.offers.queries import coordinators_of
from tutoring.pairing.requests.queries import request
from tutoring.policy.pairing.awaiting_device import DESK, HELPED_THERE


@on(HelpClaimed)
def notify_learner_of_helper(event: HelpClaimed) -> None:
    mark_handled(alarm_key(event.request_id), follow_up_key(event.request_id), invitation_key(event.request_id))
    notify(
        event.learner_id,
        f"claimed:{event.request_id}:{event.helper_id}",
        N_("%(helper)s sẵn sàng giúp bạn. Mở để xem và trả lời."),
        f"/requests/{event.request_id}",
        helper=user(event.helper_id),
    )


@on(GuardianAsked)
def notify_guardian_of_new_pair(event: GuardianAsked) -> None:
    tell_guardians(
        user(event.learner_id),
        f"guardian:{event.request_id}:{event.helper_id}",
        N_("%(child)s nhờ ba mẹ đồng ý để %(helper)s giúp. Mở để xem."),
        f"/requests/{event.request_id}",
        helper=user(event.helper_id),
    )


@on(HelpReturned)
def notify_of_returned_request(event: HelpReturned) -> None:
    mark_handled(path=f"/requests/{event.request_id}")
    if event.why in {"given_back", "consent", "left", "stopped", "suspended"}:
        notify(
            event.learner_id,
            f"returned:{event.request_id}:{event.helper_id}",
            N_("Người nhận giúp vừa bận. Yêu cầu của bạn vẫn giữ chỗ cũ trong hàng."),
            f"/requests/{event.request_id}",
        )
        return
    if event.why == "helper_silent":
        notify(
            event.learner_id, f"returned:{event.request_id}:{event.helper_id}",
            N_("Người giúp chưa vào phòng. Bạn đã được chuyển lên đầu hàng, yêu cầu vẫn còn nguyên."),
            f"/requests/{event.request_id}",
        )  # fmt: skip
    words = {
        "helper_silent": N_("Bạn chưa nhắn gì trong phòng nên người học đã được chuyển cho người khác."),
        "time_cancelled": N_("Người học đã huỷ cuộc hẹn. Cảm ơn bạn đã sẵn lòng giúp."),
        "declined": N_("Người học chưa nhận lần này. Cảm ơn bạn đã sẵn lòng giúp."),
        "expired": N_("Người học chưa trả lời kịp nên yêu cầu đã trở lại hàng chờ. Cảm ơn bạn."),
        "other_room": N_("Đến giờ hẹn trước của người học, nên yêu cầu này để sau. Cảm ơn bạn đã sẵn lòng giúp."),
    }
    if say := words.get(event.why):
        notify(event.helper_id, f"returned:{event.request_id}:{event.helper_id}", say, "/helping")


@on(HandedOver)
def notify_pair_of_handoff(event: HandedOver) -> None:
    asked = request(event.request_id)
    staff, learner = user(event.by_id), asked.learner
    path, key = f"/requests/{asked.id}", f"handed:{event.room_id}"
    notify(
        event.helper_id, key,
        N_("%(staff)s đã nhờ người khác giúp tiếp. Số phút đã giúp vẫn được tính. Cảm ơn bạn đã giúp."),
        f"/rooms/{event.room_id}", staff=staff,
    )  # fmt: skip
    if event.to_id is None:
        say = N_("%(staff)s tìm người khác giúp bạn tiếp. Bạn ở đầu hàng, yêu cầu và ảnh còn nguyên.")
        of_child = N_("%(staff)s tìm người khác giúp %(child)s tiếp. Yêu cầu ở đầu hàng chờ, vẫn còn nguyên.")
        who: dict[str, Any] = {"staff": staff}
    else:
        say = N_("%(staff)s đã nhờ %(helper)s giúp bạn tiếp. Hai bên đồng ý thì phòng mới mở; bạn ở đầu hàng.")
        of_child = N_("%(staff)s đã nhờ %(helper)s giúp %(child)s tiếp. Hai bên đồng ý thì phòng mới mở.")
        who = {"staff": staff, "helper": user(event.to_id)}
    notify(learner.id, key, say, path, **who)
    if learner.is_minor:
        tell_guardians(learner, key, of_child, path if learner.kind == "child" else "", **who)


@on(PairOpened)
def notify_pair_of_opened_room(event: PairOpened) -> None:
    mark_handled(path=f"/requests/{event.request_id}")
    path = f"/rooms/{event.room_id}"
    learner, helper = user(event.learner_id), user(event.helper_id)
    notify(
        helper.id, f"opened:{event.room_id}", N_("%(learner)s đã đồng ý. Phòng học đã mở."), path,
        learner=learner,
    )  # fmt: skip
    if event.minor:
        tell_guardians(
            learner, f"opened:{event.room_id}", N_("%(child)s đang được %(helper)s giúp trong phòng có thầy cô trực."),
            path if learner.kind == "child" else "", helper=helper,
        )  # fmt: skip


@on(VoiceNoteLost)
def notify_author_of_lost_voice_note(event: VoiceNoteLost) -> None:
    say = N_("Tin thoại của bạn chưa vào được phòng học, nên chưa ai nghe. Hãy viết điều cần hỏi.")
    notify(event.author_id, f"stopped:voice:{event.room_id}", say, f"/requests/{event.request_id}")


@on(HelpEnded)
def notify_helper_of_cancelled_request(event: HelpEnded) -> None:
    mark_handled(alarm_key(event.request_id), follow_up_key(event.request_id))
    mark_handled(path=f"/requests/{event.request_id}")
    if event.helper_id is not None:
        settle_of([event.helper_id], f"near:{event.request_id}:")
    if event.outcome == "cancelled" and event.helper_id is not None:
        notify(
            event.helper_id, f"cancelled:{event.request_id}", N_("Người học đã huỷ yêu cầu. Cảm ơn bạn."), "/helping"
        )
    if event.why:  # stopped by a rule before a room existed, without any user's action
        notify(
            event.learner_id, f"stopped:{event.request_id}",
            N_("Yêu cầu của bạn đã dừng vì tài khoản hoặc lời đồng ý vừa thay đổi. Mở để xem."),
            f"/requests/{event.request_id}",
        )  # fmt: skip


@on(FollowUpRequested)
def notify_helper_of_follow_up(event: FollowUpRequested) -> None:
    notify(
        event.helper_id, follow_up_key(event.request_id),
        N_("%(learner)s muốn hỏi tiếp sau buổi học với bạn. Nếu rảnh, bạn mở để nhận giúp."), "/helping",
        learner=user(event.learner_id),
    )  # fmt: skip


@on(OfferMade)
def notify_helper_of_offer(event: OfferMade) -> None:
    notify(event.helper_id, f"offer:{event.offer_id}", N_("Có người đang cần bạn giúp ngay. Mở để xem."), "/helping",
         again=True)  # fmt: skip


@on(OfferClosed)
def settle_offer_notice(event: OfferClosed) -> None:
    mark_handled(f"offer:{event.offer_id}")


@on(HelperAway)
def notify_helper_of_away_state(event: HelperAway) -> None:
    notify(
        event.user_id, "away",
        N_("Bạn chưa kịp trả lời hai yêu cầu liền, nên tạm thời không ai hỏi bạn. Rảnh thì bấm “Tôi rảnh rồi”."),
        "/helping", again=True,
    )  # fmt: skip


@on(NoHelperLeft)
def alarm_coordinators(event: NoHelperLeft) -> None:
    for user_id in coordinators_of(event.unit_id):
        notify(
            user_id, alarm_key(event.request_id),
            N_("Có người đang chờ giúp mà không còn ai để hỏi. Hãy xem và tìm người giúp."),
            f"/units/{event.unit_id}/waiting", again=True,
        )  # fmt: skip


@on(AlarmSeen)
def settle_seen_alarm(event: AlarmSeen) -> None:
    mark_handled(alarm_key(event.request_id))


@on(HelpPaused)
def settle_alarm_of_paused_request(event: HelpPaused) -> None:
    mark_handled(alarm_key(event.request_id))


@on(HelpDeferred)
def settle_notices_of_deferred_request(event: HelpDeferred) -> None:
    mark_handled(alarm_key(event.request_id), follow_up_key(event.request_id), invitation_key(event.request_id))


@on(DeferralEnded)
def notify_family_of_ended_deferral(event: DeferralEnded) -> None:
    for user_id in sorted(_family(event.learner_id, event.asked_by_id)):
        notify(
            user_id, f"turn:{event.request_id}", N_("Việc kia đã xong, nên yêu cầu này đã vào hàng chờ."),
            _path(event.request_id), again=True,
        )  # fmt: skip


@on(LearnerMissed)
def notify_pair_of_missed_learner(event: LearnerMissed) -> None:
    path = f"/requests/{event.request_id}"
    mark_handled(path=path)
    notify(
        event.learner_id, f"missed:{event.request_id}:{uuid.uuid4().hex}",
        N_("Người giúp đã chờ mà chưa gặp bạn. Chỗ của bạn vẫn giữ: mở ra và bấm “Tôi quay lại rồi”."), path,
    )  # fmt: skip
    notify(
        event.helper_id, f"missed:{event.request_id}:{uuid.uuid4().hex}",
        N_("Người học chưa vào phòng. Bạn rảnh rồi, cảm ơn bạn đã chờ."), "/helping",
    )  # fmt: skip


def _path(request_id: int) -> str:
    return f"/requests/{request_id}"


def _owed(request_id: int, late: bool) -> str:
    return f"owed:{request_id}:{'late' if late else 'soon'}"


def _nothing_owed(request_id: int) -> None:
    mark_handled(_owed(request_id, False), _owed(request_id, True))


@on(FallbacksOffered)
def learner_hears_of_other_ways(event: FallbacksOffered) -> None:
    notify(
        event.learner_id, f"later:{event.request_id}",
        N_("Chưa có ai nhận ngay. Yêu cầu vẫn giữ chỗ; bạn có thể hẹn giờ hoặc hẹn hằng tuần."),
        _path(event.request_id),
    )  # fmt: skip


@on(HelpersInvited)
def invite_helpers_to_times(event: HelpersInvited) -> None:
    for user_id in event.helper_ids:
        notify(
            user_id, invitation_key(event.request_id),
            N_("Có người muốn hẹn giờ để được giúp việc bạn biết. Mở để xem, rồi nhận một giờ nếu bạn rảnh."),
            "/helping", again=True,
        )  # fmt: skip


@on(TimesWished)
def settle_invitations_to_old_times(event: TimesWished) -> None:
    mark_handled(invitation_key(event.request_id))


@on(WishedTimesExpired)
def notify_learner_of_expired_times(event: WishedTimesExpired) -> None:
    mark_handled(invitation_key(event.request_id))
    notify(
        event.learner_id, f"times:{event.request_id}",
        N_("Chưa ai nhận các giờ bạn chọn. Đang tìm người ngay; bạn chọn giờ khác cũng được."),
        _path(event.request_id), again=True,
    )  # fmt: skip


@on(TimeAgreed)
def notify_pair_of_agreed_time(event: TimeAgreed) -> None:
    mark_handled(path=_path(event.request_id))
    _nothing_owed(event.request_id)
    learner, helper, when = user(event.learner_id), user(event.helper_id), at_time(event.at)
    key = f"time:{event.request_id}:{event.helper_id}:{event.at.isoformat()}"
    notify(
        helper.id, key, N_("%(learner)s đã đồng ý hẹn lúc %(when)s. Phòng tự mở khi đến giờ."), "/helping",
        learner=learner, when=when,
    )  # fmt: skip
    tell_guardians(
        learner, key, N_("%(child)s đã hẹn %(helper)s lúc %(when)s, trong phòng có thầy cô trực."),
        _path(event.request_id) if learner.kind == "child" else "", helper=helper, when=when,
    )  # fmt: skip


@on(TimeNear)
def remind_pair_of_meeting(event: TimeNear) -> None:
    key = f"near:{event.request_id}:{event.at.isoformat()}"
    say, told = with_holiday(
        event.at, N_("Sắp đến giờ hẹn: %(when)s, với %(other)s."),
        N_("Sắp đến giờ hẹn: %(when)s, với %(other)s. Hôm nay là ngày nghỉ lễ: %(holiday)s."),
    )  # fmt: skip
    told["when"] = told.pop("at")
    learner, helper = user(event.learner_id), user(event.helper_id)
    notify(learner.id, key, say, _path(event.request_id), worth_until=event.at, other=helper, **told)
    notify(helper.id, key, say, "/helping", worth_until=event.at, other=learner, **told)


@on(TimeMissed)
def notify_pair_of_missed_meeting(event: TimeMissed) -> None:
    key = f"no-room:{event.request_id}:{event.at.isoformat()}"
    mark_handled(path=_path(event.request_id))
    notify(
        event.learner_id, key,
        N_("Đến giờ hẹn mà phòng chưa mở được. Bạn đã được chuyển lên đầu hàng chờ."), _path(event.request_id),
    )  # fmt: skip
    notify(event.helper_id, key, N_("Đến giờ hẹn mà phòng chưa mở được. Bạn rảnh rồi, cảm ơn bạn."), "/helping")


@on(WrittenAnswerDue)
def notify_coordinators_of_owed_answer(event: WrittenAnswerDue) -> None:
    say = N_("Có yêu cầu đã chờ 18 giờ. Trong 6 giờ nữa phải có câu trả lời: tìm người giúp, hoặc trả lời bằng chữ.")
    if event.calls > 1:
        say = N_("Có yêu cầu đã chờ quá 24 giờ mà chưa được trả lời. Hãy trả lời bằng chữ ngay.")
    for user_id in coordinators_of(event.unit_id):
        notify(user_id, _owed(event.request_id, event.calls > 1), say, f"/units/{event.unit_id}/waiting", again=True)


@on(AnswerWritten)
def notify_learner_of_answer(event: AnswerWritten) -> None:
    mark_handled(path=_path(event.request_id))
    _nothing_owed(event.request_id)
    mark_handled(alarm_key(event.request_id))
    author = user(event.author_id)
    key = f"answer:{event.request_id}:{event.author_id}:{clock.now().isoformat()}"
    notify(
        event.learner_id, key, N_("%(author)s đã trả lời bạn bằng chữ. Mở để đọc, rồi cho biết có xong không."),
        _path(event.request_id), author=author,
    )  # fmt: skip
    learner = user(event.learner_id)
    if learner.is_minor:
        tell_guardians(
            learner, key, N_("%(child)s vừa nhận câu trả lời bằng chữ của %(author)s."),
            _path(event.request_id) if learner.kind == "child" else "", author=author,
        )  # fmt: skip


@on(AnswerRated)
def notify_author_of_answer_grade(event: AnswerRated) -> None:
    say = N_("Câu trả lời của bạn đã giúp được. Cảm ơn bạn!")
    if not event.helped:
        say = N_("Người học làm theo mà chưa xong, nên đang chờ người giúp. Cảm ơn bạn đã trả lời.")
    notify(event.author_id, f"judged:{event.request_id}:{clock.now().isoformat()}", say, "/helping")


@on(HelpEnded)
def settle_owed_answer(event: HelpEnded) -> None:
    mark_handled(invitation_key(event.request_id))
    _nothing_owed(event.request_id)
    if event.outcome == "answered":
        notify(
            event.learner_id, f"answered:{event.request_id}",
            N_("Ba ngày chưa thấy bạn trả lời, nên yêu cầu đã kết thúc. Câu trả lời vẫn nằm ở đó; cần thì hỏi lại."),
            _path(event.request_id),
        )  # fmt: skip


_INTO_QUEUE = {
    "device": N_("Máy đã tới, yêu cầu của bạn đã vào hàng chờ. Có người nhận là bạn được báo."),
    "internet": N_("Mạng đã có, yêu cầu của bạn đã vào hàng chờ. Có người nhận là bạn được báo."),
}
_DEFERRED = {
    "device": N_("Máy đã tới. Việc đang nhờ xong thì yêu cầu này vào hàng chờ, không mất chỗ."),
    "internet": N_("Mạng đã có. Việc đang nhờ xong thì yêu cầu này vào hàng chờ, không mất chỗ."),
}
_CAME = {
    "device": N_("Mạng đã có. Yêu cầu của bạn còn chờ máy; phường vẫn giữ."),
    "internet": N_("Máy đã có. Yêu cầu của bạn còn chờ mạng; phường vẫn giữ."),
}
_NOT_COMING = N_("Việc xin máy hoặc mạng đã kết thúc. Yêu cầu của bạn vẫn được giữ; mở để xem cách khác.")


def _kept(request_id: int) -> str:
    return f"parked:{request_id}"


@on(HelpAwaitingDevice)
def notify_help_desk_of_waiting_request(event: HelpAwaitingDevice) -> None:
    asked = request(event.request_id)
    say = N_("Có yêu cầu của một gia đình chưa có máy hoặc mạng, đang giữ ở bàn của khu phố. Mở để xem.")
    for unit_id in desks_of(asked):
        for person in second_approvers(unit_id, DESK, admins=False):
            if person.id not in (asked.learner_id, asked.asked_by_id):
                notify(person.id, _kept(asked.id), say, f"/units/{unit_id}/parked")


def _family(learner_id: int, asked_by_id: int) -> set[int]:
    return {learner_id, asked_by_id}


@on(DeviceWaitEnded)
def notify_family_of_queued_request(event: DeviceWaitEnded) -> None:
    mark_handled(_kept(event.request_id))
    if event.kind:  # no notice after the family's own action
        say = (_DEFERRED if event.deferred else _INTO_QUEUE)[event.kind]
        for user_id in sorted(_family(event.learner_id, event.asked_by_id)):
            notify(user_id, f"unparked:{event.request_id}", say, f"/requests/{event.request_id}")


@on(DeviceWaitContinued)
def notify_family_of_missing_device(event: DeviceWaitContinued) -> None:
    say = _CAME[event.lack] if event.came else _NOT_COMING
    for user_id in sorted(_family(event.learner_id, event.asked_by_id)):
        notify(user_id, f"still-parked:{event.request_id}:{event.need_id}", say, f"/requests/{event.request_id}")


@on(HelpEnded)
def notify_family_of_help_on_site(event: HelpEnded) -> None:
    mark_handled(_kept(event.request_id))
    if event.outcome == HELPED_THERE:
        asked = request(event.request_id)
        say = N_("Yêu cầu đã đóng vì bạn được giúp tận nơi rồi. Chưa xong thì cứ nhờ lại.")
        for user_id in sorted(_family(asked.learner_id, asked.asked_by_id)):
            notify(user_id, f"helped-there:{asked.id}", say, f"/requests/{asked.id}")


@on(DeviceWaitLong)
def notify_ward_of_stale_requests(event: DeviceWaitLong) -> None:
    year, week, _ = clock.today().isocalendar()
    say = N_("%(n)s yêu cầu chưa có máy hoặc mạng đã hai tuần chưa có gì mới. Mở để xem.")
    for person in second_approvers(event.place_id, DESK, admins=False):
        key, path = f"parked-long:{event.place_id}:{year}-{week}", f"/units/{event.place_id}/parked"
        notify(person.id, key, say, path, n=event.count)
