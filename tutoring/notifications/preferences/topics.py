"""Topics of notices: the groups for which users choose channels, and their notice keys.

The first word of a notice's key determines its topic (`claimed:12:7` belongs to `answers`), so senders do not name
channels. A letter that leaves the site holds only the topic's sentence, because a notice's text holds names.
"""

from dataclasses import dataclass
from datetime import timedelta

from tutoring.kernel.text import N_

WAYS = ("mail", "push", "sms")  # channel names, in the order of the preferences page


@dataclass(frozen=True)
class Topic:
    """One row of the preferences page.

    The inbox always has everything; topics rule other channels.
    """

    label: str  # label of the row
    sentence: str  # text of a letter: no name, no user-written text
    words: tuple[str, ...]  # first words of the keys of its notices
    ways: frozenset[str] = frozenset({"mail", "push"})  # default channels
    urgent: bool = False  # sent at once even with a daily digest, because it loses its value soon
    fixed: frozenset[str] = frozenset()  # mandatory channels
    keeps: timedelta | None = None  # after this a notice has no use outside the inbox
    through: bool = False  # sent in quiet hours regardless of preferences: for users who took a duty shift
    like: str = ""  # uses the preferences of this other topic, and has no row of its own
    wakes: bool = False  # users may allow it in their quiet hours; no other topic is ever sent then


_PUSH = frozenset({"push"})
_ALL = frozenset({"mail", "push", "sms"})

_TEST = N_("Báo động THỬ, không có ai gặp nguy hiểm. Mở và chạm một nút để trả lời.")

TOPICS: dict[str, Topic] = {
    "answers": Topic(
        N_("Có người trả lời yêu cầu của tôi"), N_("Có người trả lời yêu cầu của bạn."),
        ("claimed", "answer", "group"), _ALL, urgent=True,
    ),
    "turn": Topic(
        N_("Có người cần tôi giúp"), N_("Có người cần bạn giúp."),
        ("offer", "asked-on", "wished"), urgent=True, keeps=timedelta(hours=12),
    ),
    "rooms": Topic(
        N_("Phòng học mở, có người chờ trong phòng"), N_("Phòng học của bạn đã mở."),
        ("opened", "side", "handed"), _PUSH, urgent=True, keeps=timedelta(hours=1),
    ),
    "sessions": Topic(
        N_("Nhắc buổi học và cuộc hẹn"), N_("Bạn có buổi học hoặc cuộc hẹn sắp tới."),
        ("near", "meeting-near", "session-near", "visit-near", "training-near", "handover-near"), _ALL, urgent=True,
    ),
    "meetings": Topic(
        N_("Hẹn, đổi giờ, huỷ buổi học"), N_("Lịch học của bạn có thay đổi."),
        (
            "pair", "proposal-closed", "booked", "move", "moved", "booking-ended", "met", "missed", "no-room", "time",
            "session-in", "session-out", "session-place", "session-full", "session-missed", "session-cancelled",
            "group-left", "summary",
        ),
    ),
    "request": Topic(
        N_("Yêu cầu của tôi đang ở đâu"), N_("Có tin về yêu cầu của bạn."),
        ("later", "times", "returned", "stopped", "answered", "unparked", "still-parked", "turn", "helped-there",
         "short-asked"),
    ),
    "nudges": Topic(
        N_("Thầy cô hỏi thăm khi tôi dừng ở một bước"), N_("Thầy cô hỏi thăm việc học của bạn."), ("nudge",), _PUSH,
        keeps=timedelta(days=2),
    ),
    "helping": Topic(
        N_("Việc giúp người khác của tôi"), N_("Có tin về việc bạn giúp người khác."),
        ("helper", "renewal", "cancelled", "judged", "away", "minutes", "paper", "revoked",
         "short-news"),
    ),
    "child": Topic(
        N_("Con tôi: xin phép, xác nhận, đồng ý"), N_("Có việc của con cần bạn xem."),
        ("guardian", "helped", "confirmed", "withdrawn", "restored", "ending", "ended", "card-refused",
         "short-child", "short-told"),
    ),
    "digest": Topic(N_("Tuần học của con"), N_("Tuần này con bạn có buổi học."), ("week",)),
    "visits": Topic(
        N_("Hẹn gặp trực tiếp"), N_("Có tin về buổi hẹn gặp trực tiếp."),
        (
            "visit-asked", "visit-plan", "visit-go", "visit-not", "visit-again", "visit-wait", "visit-end",
            "visit-offer", "visit-answer",
        ), _ALL,
    ),
    "groups": Topic(
        N_("Thông báo và việc chung của khu phố, phường"), N_("Khu phố hoặc phường của bạn có tin mới."),
        ("group-post", "group-task"), _PUSH,
    ),
    "circles": Topic(
        N_("Góc hỏi đáp phụ huynh"), N_("Góc hỏi đáp phụ huynh của bạn có tin mới."),
        (
            "circle-answered", "circle-pinned", "circle-hidden", "circle-lesson", "circle-lesson-said",
            "circle-published", "circle-session",
        ), _PUSH,
    ),
    "class-work": Topic(
        N_("Bài thầy cô giao và thư tuần của lớp"), N_("Lớp có bài mới, thư mới, hoặc bài sắp đến hạn."),
        ("class-work", "class-work-due", "class-letter"),
    ),
    "devices": Topic(
        N_("Máy, gói mạng và lời cảm ơn"), N_("Có tin về máy hoặc gói mạng."),
        (
            "device-offer", "device-answer", "device-news", "device-kept", "device-lender", "handover", "handover-off",
            "loan-due", "loan-over", "loan-renewal", "renewed", "loan-told", "loan-end", "donor-day",
            "thanks", "thanks-in", "thanks-back", "device-met", "need-asked", "need-for", "need-line", "need-second",
            "need-yes", "need-back", "need-end", "need-basis", "need-until", "need-ended", "need-over", "voucher",
            "voucher-ending", "voucher-failed", "vouchers-expired",
        ),
    ),
    "training": Topic(
        N_("Tập huấn"), N_("Có tin về tập huấn của bạn."),
        (
            "training", "training-moved", "training-cancelled", "training-seat", "training-leader", "training-mark",
            "training-came", "training-not", "training-soon", "training-due", "training-new", "training-last",
            "training-track", "training-week",
        ),
    ),
    "lessons": Topic(N_("Bài viết của tôi"), N_("Có tin về bài viết."), ("proposal", "published")),
    "notebook": Topic(N_("Sổ giấy tờ của tôi"), N_("Sổ giấy tờ của bạn có việc đến ngày."), ("look-again",)),
    "unit": Topic(
        N_("Việc chờ tôi ở nơi tôi phụ trách"), N_("Có việc chờ bạn ở nơi bạn phụ trách."),
        ("waiting", "nobody", "owed", "parked", "parked-long", "held", "appeal", "masks", "case", "second-look",
         "reading", "breach", "campaign-draft", "code-waits", "card-twice", "no-editor", "unit-ready", "unit-unready",
         "year-end", "webhook", "short-waits"),
    ),
    "site": Topic(
        N_("Trang có trục trặc: báo động, thư, tin nhắn không gửi được"),
        N_("Trang có trục trặc, báo động có thể không đến. Hãy xem ngay."),
        ("alarms-late", "stood-still", "way-fails"), _ALL, urgent=True, fixed=frozenset({"mail"}), wakes=True,
    ),
    "danger": Topic(
        N_("Khẩn: có người đang gặp nguy hiểm"), N_("Khẩn: có báo cáo về nguy hiểm. Mở xem ngay."),
        (), _ALL, urgent=True, fixed=frozenset({"mail"}), wakes=True,
    ),
    "alarm": Topic(
        N_("Báo động khi tôi đang trực"), N_("Báo động: có người có thể đang gặp nguy hiểm. Mở xem và làm ngay."),
        ("alarm",), _ALL, urgent=True, fixed=_ALL, through=True, wakes=True,
    ),
    "alarm-test": Topic(
        N_("Báo động thử khi tôi đang trực"), _TEST, ("alarm-test",), _ALL, urgent=True, fixed=_ALL, through=True,
        wakes=True, like="alarm", keeps=timedelta(days=1),
    ),
    "danger-test": Topic(
        N_("Báo động thử"), _TEST, ("danger-test",), _ALL, urgent=True, fixed=frozenset({"mail"}), wakes=True,
        like="danger", keeps=timedelta(days=1),
    ),
    "care": Topic(
        N_("Nội dung cần người trực xem trong 15 phút"), N_("Có nội dung cần người trực xem trong 15 phút."),
        ("care",), urgent=True, fixed=frozenset({"mail"}), wakes=True,
    ),
    "safety": Topic(
        N_("An toàn: nhắc nhở và trả lời cho tôi"), N_("Có tin về an toàn dành cho bạn."),
        (
            "act", "act-undone", "shut", "appeal-answer", "decided", "outcome", "child", "reading-told", "after-care",
            "calmed", "talk",
        ),
    ),
    "account": Topic(
        N_("Tài khoản và dữ liệu của tôi"), N_("Có thay đổi về tài khoản hoặc dữ liệu của bạn."),
        (
            "reset", "recovery", "factor", "factor-asked", "factor-reset", "export", "data_request", "data_answer",
            "erasure", "erased", "email", "tried", "identity",
        ), urgent=True, fixed=frozenset({"mail"}),
    ),
    "other": Topic(N_("Việc khác"), N_("Bạn có thông báo mới."), ()),
}  # fmt: skip

_BY_ENDING = {("case", "S0"): "danger", ("group-task", "day"): "sessions"}  # where the first word is not enough
_TOPIC_OF = {word: name for name, topic in TOPICS.items() for word in topic.words}


def first_word(notice_key: str) -> str:
    """Returns the part before the first colon."""
    return notice_key.partition(":")[0]


def topic_of(notice_key: str) -> str:
    """Returns the topic of a notice key; `other` for an unknown key."""
    word, last = first_word(notice_key), notice_key.rpartition(":")[2]
    return _BY_ENDING.get((word, last)) or _TOPIC_OF.get(word, "other")
