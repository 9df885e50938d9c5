"""How two people of the demonstration come into a room, for journeys that begin there."""

from tests.journeys.person import Person

LESSON = "/lessons/vao-lop-bang-duong-dan"


def come_together(learner: Person, helper: Person) -> str:
    """Minh asks from a step, Khoa takes it, Minh accepts; both stand in the room, whose path this returns."""
    helper.goes_to("/helping")
    learner.goes_to(f"{LESSON}/2").presses("Em bị kẹt").is_at("/ask")
    learner.fills("Hoặc viết lời của em", "Em bấm đường dẫn mà máy hỏi mã phòng.").presses("Gửi, nhờ giúp")
    learner.is_at(r"/requests/\d+$")
    helper.sees("Em bấm đường dẫn mà máy hỏi mã phòng.").presses("Nhận giúp").sees("Đang chờ người học đồng ý")
    learner.presses("Đồng ý để anh Khoa giúp").is_at(r"/rooms/\d+$")
    helper.sees("Vào phòng học").presses("Vào phòng học").is_at(r"/rooms/\d+$")
    return learner.page.url.removeprefix(learner.site)
