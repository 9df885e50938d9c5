"""Labels of rooms: finds in messages, reasons to hold, room names; and joining of lists."""

from collections.abc import Sequence

from flask_babel import gettext

from tutoring.kernel.text import N_
from tutoring.rooms.models import Message, Room
from tutoring.safety.risk.kinds import WORDS as RISKS
from tutoring.safety.screening import WORDS as FOUND

_FOUND = {
    "phone": N_("Có số điện thoại. Ở đây không trao đổi số riêng; cứ nhắn ngay trong phòng."),
    "email": N_("Có địa chỉ thư điện tử. Ở đây không trao đổi liên lạc riêng; cứ nhắn ngay trong phòng."),
    "link": N_("Có đường dẫn lạ. Chỉ gửi được đường dẫn của trang Nhà nước, trường học và vài trang tin cậy."),
    "idno": N_("Có số căn cước. Số này không bao giờ cần gửi cho ai ở đây, nên đã bỏ hẳn."),
    "bank": N_("Có số tài khoản hoặc số thẻ. Ở đây không ai phải trả tiền, nên số đã bỏ hẳn."),
    "otp": N_("Có mã xác nhận, hoặc lời hỏi mã. Mã này không đọc cho bất kỳ ai, kể cả thầy cô."),
    "secret": N_("Có mật khẩu, hoặc lời hỏi mật khẩu. Mật khẩu không đọc cho bất kỳ ai."),
    "handle": N_("Có lời rủ sang ứng dụng khác hoặc tên tài khoản riêng. Buổi học chỉ diễn ra ở đây."),
    "address": N_("Có địa chỉ nhà. Không cần cho ai biết nhà mình ở đâu."),
    "school": N_("Có tên trường hoặc lớp. Không cần cho người mới quen biết em học ở đâu."),
}
_HELD = {
    "everything": N_("Thầy cô đang xem từng tin trong phòng này trước khi gửi."),
    "picture": N_("Thầy cô xem trước mỗi ảnh trong phòng có học sinh, để không ai lộ mặt, giấy tờ hay địa chỉ."),
    "voice": N_("Người trực nghe trước mỗi tin thoại của học sinh, vì máy không kiểm tra được tiếng nói."),
    "risk": N_("Cuộc trò chuyện có vài dấu hiệu cần thầy cô xem trước tin này."),
    "fault": N_("Máy chưa kiểm tra được tin này nên thầy cô xem trước. Các chữ số tạm được che."),
}

# The same in short, for the observer who decides about the message.
_FOUND_SHORT = {
    "phone": N_("cho số điện thoại"),
    "email": N_("cho địa chỉ thư điện tử"),
    "link": N_("đường dẫn lạ"),
    "idno": N_("số căn cước"),
    "bank": N_("số tài khoản, số thẻ"),
    "otp": N_("hỏi hoặc cho mã xác nhận"),
    "secret": N_("hỏi hoặc cho mật khẩu"),
    "handle": N_("rủ liên lạc riêng"),
    "address": N_("địa chỉ nhà"),
    "school": N_("tên trường, lớp"),
}
_EACH = N_("xem từng tin")
_RISK = N_("dấu hiệu rủ rê, dụ dỗ")
_HELD_SHORT = {
    "everything": _EACH,
    "picture": N_("ảnh chờ xem"),
    "voice": N_("tin thoại chờ nghe"),
    "risk": _RISK,
    "fault": N_("máy chưa kiểm tra được"),
}


TITLES = {
    "class": N_("Phòng của %(unit)s"),
    "circle": N_("Phụ huynh %(unit)s"),
    "questions": N_("Hỏi đáp %(unit)s"),
    "desk": N_("Quầy hỏi %(unit)s"),
}
MEMBERS = {"class": N_("học sinh"), "circle": N_("phụ huynh"), "questions": N_("người dân"), "desk": N_("người hỏi")}
_READERS = {
    "class": N_("Học sinh %(unit)s và thầy cô của trường đọc được, cả người vào sau."),
    "circle": N_("Phụ huynh và thầy cô %(unit)s đọc được, cả người vào sau."),
    "questions": N_("Người dân và người phụ trách %(unit)s đọc được, cả người vào sau."),
}


_MEANS = {
    "class": N_("Học sinh của lớp và thầy cô. Ngoài giờ, hoặc khi không ai trực, phòng nghỉ: chỉ đọc."),
    "circle": N_("Ba mẹ của học sinh và thầy cô. Học sinh không vào phòng này."),
    "questions": N_("Người dân của đơn vị hỏi, người phụ trách và hàng xóm trả lời."),
}


def room_kind(kind: str, unit: str) -> str:
    """Returns the name of a persistent room of this unit."""
    return str(gettext(TITLES[kind], unit=unit))


def room_kind_means(kind: str) -> str:
    """Returns who may join such a room."""
    return str(gettext(_MEANS[kind]))


def room_name(room: Room) -> str:
    """Returns the name of a breakout or persistent room; empty for rooms about a topic."""
    return room.title or (room_kind(room.kind, room.unit.name) if room.kind in TITLES else "")


def room_readers(room: Room) -> str:
    """Returns who may read a persistent room without being named.

    Empty for a breakout room: only its invited people and observers read it.
    """
    if room.kind not in _READERS or room.side_of_id is not None:
        return ""
    return str(gettext(_READERS[room.kind], unit=room.unit.name))


def found_why(kind: str) -> str:
    """Returns what is wrong with this kind of find, and what to do instead."""
    return str(gettext(_FOUND[kind])) if kind in _FOUND else ""


def held_why(held_for: str) -> str:
    """Returns why a message without finds is held."""
    return str(gettext(_HELD[held_for])) if held_for in _HELD else ""


def found_short(message: Message, risks: Sequence[str] = ()) -> str:
    """Returns the kinds of finds in a message, as short text for the release button.

    `risks` are the kinds of its risk signals. Empty where nothing was found.
    """
    words = {**FOUND, **_FOUND_SHORT, **{f"risk {kind}": say for kind, say in RISKS.items()}}
    kinds = [*message.kinds, *(f"risk {kind}" for kind in risks)]
    found = [gettext(words[kind]) for kind in kinds if kind in words]
    if not found and message.held_for == "risk":
        found = [gettext(_RISK)]
    return ", ".join(str(one) for one in dict.fromkeys(found))


def waits_short(message: Message, risks: Sequence[str] = ()) -> str:
    """Returns why a message is held, in a few words."""
    return found_short(message, risks) or str(gettext(_HELD_SHORT.get(message.held_for, _EACH)))


def listed(words: list[str]) -> str:
    """Joins several items into one phrase, such as "số điện thoại và địa chỉ nhà"."""
    if len(words) < 2:
        return "".join(words)
    return str(gettext("%(some)s và %(last)s", some=", ".join(words[:-1]), last=words[-1]))


_REACTIONS = {
    "got_it": N_("Đã hiểu"),
    "thanks": N_("Cảm ơn"),
    "done": N_("Làm được rồi"),
    "unsure": N_("Chưa rõ"),
}


def reaction_words() -> dict[str, str]:
    """Returns the labels of the reactions to a message."""
    return {word: str(gettext(say)) for word, say in _REACTIONS.items()}
