"""Who is told of acts of the desk: the one each is about, with the desk's own words; never who reported anything."""

from tutoring.accounts.queries import guardians, user
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.moderation.acts import done_act
from tutoring.moderation.events import ActDone, ActUndone
from tutoring.moderation.models import DeskAct
from tutoring.notifications.commands import settle, tell
from tutoring.notifications.words import at_time
from tutoring.policy.rooms import TAKING_PART
from tutoring.rooms import queries as rooms

SAID = {
    "release": N_("Người trực đã xem và cho gửi tin của bạn. Lời nhắn: %(words)s"),
    "mask": N_("Người trực đã che một phần tin của bạn. Lời nhắn: %(words)s"),
    "hide": N_("Người trực đã ẩn một tin của bạn. Lời nhắn: %(words)s"),
    "warn": N_("Người trực nhắc nhở bạn. Hãy mở để đọc: %(words)s"),
    "mute": N_("Bạn tạm ngừng viết trong một phòng đến %(until)s. Lời nhắn: %(words)s"),
    "remove": N_("Người trực đã mời bạn ra khỏi một phòng. Lời nhắn: %(words)s"),
    "lock": N_("Người trực đã khoá phòng của bạn, mọi người vẫn đọc được. Lời nhắn: %(words)s"),
    "unpair": N_("Người trực không xếp bạn với một người nữa. Lời nhắn: %(words)s"),
    "quarantine": N_("Đến %(until)s bạn chỉ đọc ở mọi phòng và chưa giúp ai. Lời nhắn: %(words)s"),
    "suspend": N_("Tài khoản của bạn tạm khoá đến %(until)s. Lời nhắn: %(words)s"),
    "legal_hold": N_("Tin nhắn ở đây được giữ lại, chưa xoá, cho đến khi việc được giải quyết xong: %(words)s"),
}
UNDONE = {
    "reversed": N_("Người trực đã hoàn tác một việc đã làm với bạn. Mở để xem."),
    "overturned": N_("Một người khác đã xem lại và hoàn tác việc đã làm với bạn. Mở để xem."),
}
FAMILY_HEARS = frozenset({"warn", "mute", "remove", "unpair", "quarantine", "suspend"})


def path_of(act_id: int) -> str:
    """Where one reads what was done, for how long, and how to ask for a second look."""
    return f"/acts/{act_id}"


def told_of(done: DeskAct) -> list[int]:
    """Whom an act concerns: its person, both of a pair; of a whole room of a few people those who take part."""
    if done.about_id is not None:
        return [done.about_id, *([done.toward_id] if done.toward_id is not None else [])]
    if done.room_id is None or rooms.room(done.room_id).lasts:  # a room of many reads it in the room
        return []
    return [seat.user_id for seat in rooms.seats(done.room_id) if seat.role in TAKING_PART]


@on(ActDone)
def people_hear_what_was_done(event: ActDone) -> None:
    done = done_act(event.act_id)
    until = at_time(done.until) if done.until is not None else ""
    for user_id in told_of(done):
        tell(user_id, f"act:{done.id}", SAID[done.kind], path_of(done.id), words=done.words, until=until)
    if done.about_id is None or done.kind not in FAMILY_HEARS:
        return
    person = user(done.about_id)
    for guardian in guardians(person.id) if person.is_minor else []:
        tell(
            guardian.id, f"act:{done.id}",
            N_("Người trực đã nói với %(child)s về một việc trong phòng học. Hãy cùng con đọc trong thông báo "
               "của con."), "/acts-about-me", child=person.called_name,
        )  # fmt: skip


@on(ActUndone)
def people_hear_that_it_was_undone(event: ActUndone) -> None:
    done = done_act(event.act_id)
    settle(path=path_of(done.id))
    if done.undone_for in UNDONE:
        for user_id in told_of(done):
            tell(user_id, f"act-undone:{done.id}", UNDONE[done.undone_for], path_of(done.id))
