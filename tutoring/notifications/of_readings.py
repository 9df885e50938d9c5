"""Who is told that a room is to be read in an emergency, or was."""

from tutoring.kernel import clock
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.moderation.reading_events import ReadingAnswered, ReadingAsked, ReadingTold
from tutoring.moderation.readings import reading, seated, seconds
from tutoring.notifications.commands import settle, tell, tell_guardians


def _path(reading_id: int) -> str:
    return f"/desk/readings/{reading_id}"


@on(ReadingAsked)
def seconds_hear_that_somebody_asks(event: ReadingAsked) -> None:
    found = reading(event.reading_id)
    for user_id in seconds(found):
        tell(
            user_id, f"reading:{found.id}",
            N_("%(who)s xin đọc một phòng trong trường hợp khẩn. Cần bạn là người thứ hai."), _path(found.id),
            who=found.asked_by.shown_name,
        )  # fmt: skip


@on(ReadingAnswered)
def who_asked_hears_the_answer(event: ReadingAnswered) -> None:
    found = reading(event.reading_id)
    settle(path=_path(found.id))
    if event.agreed:
        say = N_("Người thứ hai đã đồng ý. Bạn đọc phòng này được trong một giờ.")
        tell(found.asked_by_id, f"reading:{found.id}:answer", say, _path(found.id))
    elif found.declined_by_id != found.asked_by_id:
        say = N_("Lời xin đọc phòng của bạn không được đồng ý.")
        tell(found.asked_by_id, f"reading:{found.id}:answer", say, _path(found.id))


@on(ReadingTold)
def the_people_of_the_room_hear(event: ReadingTold) -> None:
    """Neither names nor the reason, which may speak of one of them."""
    found = reading(event.reading_id)
    day = f"{clock.local(found.agreed_at or found.at):%d/%m/%Y}"
    for person in seated(found.room_id):
        if person.id in (found.asked_by_id, found.agreed_by_id):
            continue
        tell(
            person.id, f"reading-told:{found.id}",
            N_("Ngày %(day)s, một người phụ trách đã được phép đọc lại một phòng học của bạn trong một giờ vì việc "
               "khẩn về an toàn. Hai người đã cùng quyết định và việc này được ghi vào sổ."), day=day,
        )  # fmt: skip
        if person.is_minor:
            tell_guardians(
                person, f"reading-told:{found.id}:{person.id}",
                N_("Ngày %(day)s, một người phụ trách đã được phép đọc lại một phòng học của %(child)s trong một giờ "
                   "vì việc khẩn về an toàn. Hai người đã cùng quyết định và việc này được ghi vào sổ."), day=day,
            )  # fmt: skip
