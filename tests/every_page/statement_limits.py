"""How many statements a page may ask of the database, read for the second time, for the person it is for.

A page that is not listed may ask `MOST`. The listed ones are dearer and are to become cheaper: when a page asks clearly
fewer than its limit, the test fails until the limit is lowered.
"""

from tests.every_page.page_catalogue import Seen

MOST = 12

LIMITS: dict[tuple[str, str | None], int] = {
    ("accounts.child", "lan"): 21,
    ("circles.circle", "lan"): 13,
    ("community.class_claim", "hang"): 18,
    ("community.duty", "hang"): 19,
    ("community.member", "hang"): 14,
    ("community.unit", "hang"): 22,
    ("community.year_end_review", "quang"): 14,
    ("community.unit_classes", "hang"): 14,
    ("devices.plan_handover", "mai"): 15,
    ("devices.take_back", "mai"): 13,
    ("devices.unit_needs", "mai"): 13,
    ("groups.show", "bay"): 21,
    ("home.start", "admin1"): 20,
    ("home.start", "an"): 18,
    ("home.start", "bay"): 19,
    ("home.start", "hang"): 63,
    ("home.start", "khoa"): 27,
    ("home.start", "lan"): 23,
    ("home.start", "mai"): 46,
    ("home.start", "minh"): 19,
    ("home.start", "muoi"): 33,
    ("home.start", "quang"): 58,
    ("insights.lessons", "hang"): 15,
    ("insights.unit_figures", "hang"): 20,
    ("moderation.board", "muoi"): 22,
    ("moderation.case", "hang"): 53,
    ("moderation.report_answer", "lan"): 22,
    ("moderation.report_message", "minh"): 16,
    ("moderation.report_room", "minh"): 13,
    ("moderation.report_topic", "hang"): 15,
    ("moderation.second_look", "hang"): 15,
    ("notifications.times", "minh"): 15,
    ("pairing.hand_over", "hang"): 45,
    ("pairing.request", "lan"): 19,
    ("pairing.sessions", "minh"): 14,
    ("pairing.weekly_round", "quang"): 17,
    ("rooms.end", "minh"): 22,
    ("rooms.show", "minh"): 19,
    ("rooms.summary", "minh"): 18,
    ("training.attendance", "mai"): 15,
    ("training.cancel_session", "mai"): 13,
    ("training.unit", "mai"): 22,
    ("visits.plan_visit", "muoi"): 21,
    ("visits.visit", "bay"): 13,
    ("visits.visit_badge", "muoi"): 14,
}


def limit_of(seen: Seen) -> int:
    """Returns the limit of a page for the person who looks at it."""
    return LIMITS.get((seen.endpoint, seen.who), MOST)
