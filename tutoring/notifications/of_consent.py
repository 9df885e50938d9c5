"""Who is told what when a yes ends, is about to end, or stands again."""

import uuid

from tutoring.accounts.events import ConsentEnding, ConsentRestored, ConsentWithdrawn
from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, user
from tutoring.kernel import clock
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.commands import settle, tell
from tutoring.pairing.events import HelpEnded
from tutoring.rooms.events import PersonStopped
from tutoring.rooms.queries import seats


def _place(person: User, viewer: User) -> str:
    """Where somebody sees how it stands with this person's consents, if they may."""
    if viewer.id == person.id:
        return "/account"
    return f"/children/{person.id}" if person.kind == "child" else ""


def _tell_family(person: User, key: str, to_guardians: str, to_own: str, path: str = "") -> None:
    for guardian in guardians(person.id):
        where = path if path and person.kind == "child" else _place(person, guardian)
        tell(guardian.id, key, to_guardians, where, child=person.called_name)
    tell(person.id, key, to_own, path or _place(person, person))


@on(ConsentWithdrawn)
def family_hears_of_the_end(event: ConsentWithdrawn) -> None:
    person = user(event.subject_id)
    if event.why == "ended":
        _tell_family(
            person, f"ended:{person.id}:{clock.today().isoformat()}",
            N_("Năm học mới rồi: vài đồng ý cho %(child)s đã hết hạn nên việc đó tạm dừng. Đồng ý lại là học tiếp."),
            N_("Năm học mới rồi: vài đồng ý đã hết hạn nên việc đó tạm dừng. Đồng ý lại là học tiếp."),
        )  # fmt: skip
        return
    _tell_family(
        person, f"withdrawn:{uuid.uuid4().hex}",
        N_("Một đồng ý cho %(child)s đã được rút lại. Việc dựa vào đó đã dừng."),
        N_("Một đồng ý đã được rút lại. Việc dựa vào đó đã dừng. Em không làm gì sai."),
    )  # fmt: skip


@on(ConsentRestored)
def family_hears_of_a_change_of_mind(event: ConsentRestored) -> None:
    _tell_family(
        user(event.subject_id), f"restored:{uuid.uuid4().hex}",
        N_("Một đồng ý cho %(child)s vừa được lấy lại như cũ."), N_("Một đồng ý vừa được lấy lại như cũ."),
    )  # fmt: skip


@on(ConsentEnding)
def family_is_asked_anew(event: ConsentEnding) -> None:
    person = user(event.subject_id)
    _tell_family(
        person, f"ending:{person.id}:{event.last_day.year}",
        N_("Năm học sắp hết: các đồng ý cho %(child)s hết hạn ngày 31/8. Mở để đọc lại và trả lời từng việc."),
        N_("Năm học sắp hết: các đồng ý hết hạn ngày 31/8. Mở để đọc lại và trả lời từng việc."),
        f"/children/{person.id}/renewal",
    )  # fmt: skip


@on(PersonStopped)
def the_others_hear_why_it_stopped(event: PersonStopped) -> None:
    settle(path=f"/rooms/{event.room_id}")
    say = (
        N_("Buổi học với %(name)s dừng vì đồng ý của năm học đã hết hạn. Bạn không làm gì sai. Cảm ơn bạn.")
        if event.why == "ended"
        else N_("Buổi học với %(name)s đã dừng theo ý của gia đình hoặc của bạn ấy. Bạn không làm gì sai. Cảm ơn bạn.")
    )
    for seat in seats(event.room_id):
        if seat.user_id != event.user_id and seat.role in {"learner", "helper"}:
            tell(
                seat.user_id, f"stopped:{event.room_id}:{event.user_id}", say, f"/rooms/{event.room_id}",
                name=user(event.user_id).said_name,
            )  # fmt: skip


@on(HelpEnded)
def helper_hears_that_it_stopped(event: HelpEnded) -> None:
    if event.why == "consent" and event.helper_id is not None:
        tell(
            event.helper_id, f"stopped:{event.request_id}",
            N_("Lời nhờ giúp bạn vừa nhận đã dừng theo ý của gia đình người học. Bạn không làm gì sai. Cảm ơn bạn."),
            "/helping",
        )  # fmt: skip
