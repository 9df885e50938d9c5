"""How many statements a page may ask of the database, read for the second time, for the person it is for.

A page that is not listed may ask `MOST`. The listed ones are dearer and are to become cheaper: when a page asks clearly
fewer than its limit, the test fails until the limit is lowered.
"""

from tests.every_page.page_catalogue import Seen

MOST = 12

LIMITS: dict[tuple[str, str | None], int] = {
    ("accounts.account", "hang"): 13,
    ("accounts.child", "lan"): 21,
    ("community.duty", "hang"): 18,
    ("community.member", "hang"): 13,
    ("community.unit", "hang"): 20,
    ("community.unit_classes", "hang"): 13,
    ("devices.plan_handover", "mai"): 15,
    ("groups.show", "bay"): 20,
    ("home.start", "admin1"): 19,
    ("home.start", "an"): 18,
    ("home.start", "bay"): 19,
    ("home.start", "hang"): 62,
    ("home.start", "khoa"): 27,
    ("home.start", "lan"): 23,
    ("home.start", "mai"): 45,
    ("home.start", "minh"): 19,
    ("home.start", "muoi"): 32,
    ("home.start", "quang"): 57,
    ("insights.lessons", "hang"): 15,
    ("insights.unit_figures", "hang"): 19,
    ("lessons.write_step", "quang"): 13,
    ("moderation.board", "muoi"): 22,
    ("moderation.case", "hang"): 53,
    ("moderation.report_answer", "lan"): 21,
    ("moderation.report_message", "minh"): 16,
    ("moderation.report_reply", "lan"): 14,
    ("moderation.report_room", "minh"): 13,
    ("moderation.report_topic", "hang"): 14,
    ("moderation.second_look", "hang"): 15,
    ("notifications.times", "minh"): 15,
    ("notifications.week", "lan"): 14,
    ("pairing.hand_over", "hang"): 45,
    ("pairing.request", "lan"): 20,
    ("pairing.sessions", "minh"): 14,
    ("pairing.weekly_round", "quang"): 16,
    ("queues.settings", "mai"): 13,
    ("rooms.end", "minh"): 22,
    ("rooms.ready_phrases", "khoa"): 13,
    ("rooms.show", "minh"): 19,
    ("rooms.summary", "minh"): 18,
    ("training.attendance", "mai"): 15,
    ("training.unit", "mai"): 15,
    ("visits.plan_visit", "muoi"): 20,
    ("visits.visit_badge", "muoi"): 13,
}


def limit_of(seen: Seen) -> int:
    """Returns the limit of a page for the person who looks at it."""
    return LIMITS.get((seen.endpoint, seen.who), MOST)
