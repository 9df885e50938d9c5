"""Somebody in the room has seen that the learner can do the lesson."""

from tutoring.accounts.models import User
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.errors import Conflict, Invalid, NotAllowed
from tutoring.kernel.text import N_
from tutoring.lessons.commands import witnessed
from tutoring.policy.rooms import may_witness, teaches_here
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.models import Room
from tutoring.rooms.queries import holds_lesson_skills, learners, locked_room, readable, shown_name, unpractised

PRACTISE_FIRST = N_("Người học cần tự làm đạt trong phần luyện tập của bài này trước, rồi bạn mới xác nhận được.")


@command
def witness(actor: User, room_id: int, user_id: int) -> Room:
    """A helper or teacher in the room confirms that this learner did its lesson; safe to say twice."""
    room = locked_room(room_id)
    _room, known = readable(actor, room_id)
    if known.closed:
        raise Conflict(N_("Buổi học này đã kết thúc."), code="closed")
    if not may_witness(known, holds_lesson_skills(room, actor), actor.id == user_id):
        raise NotAllowed(N_("Chỉ người giúp có kỹ năng của bài hoặc thầy cô trong phòng xác nhận được."))
    seated = next((one for one in learners(room_id) if one.user_id == user_id), None)
    if seated is None or room.lesson_slug is None:
        raise Invalid(N_("Hãy chọn một người học đang có trong phòng."), field="user")
    if unpractised(room, [seated]):
        raise Invalid(PRACTISE_FIRST, field="user")
    if witnessed(user_id, room.lesson_slug, actor.id, by_teacher=teaches_here(known)):
        audit.record(actor.id, "witness", f"user:{user_id}", room=room_id, lesson=room.lesson_slug)
        system_line(room, f"{shown_name(actor)} xác nhận {shown_name(seated.user)} đã làm được bài này.")
    return room
