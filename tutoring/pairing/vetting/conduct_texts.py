"""The texts of a helper's promises, one for adults and one for pupils.

The version changes with the texts.
"""

import hashlib
from dataclasses import dataclass

from tutoring.kernel.text import N_

VERSION = "2026-11"


@dataclass(frozen=True)
class Conduct:
    """One list of promises."""

    kind: str
    title: str
    lead: str
    promises: tuple[str, ...]
    yes: str

    @property
    def text_hash(self) -> str:
        """SHA-256 of the Vietnamese promises that were shown."""
        return hashlib.sha256("\n".join(self.promises).encode()).hexdigest()


ADULT = Conduct(
    kind="adult",
    title=N_("Điều tôi hứa khi giúp người khác"),
    lead=N_("Đọc từng điều. Không cần giấy tờ gì, cũng không ai hỏi phiếu lý lịch tư pháp."),
    promises=(
        N_("Tôi chỉ giúp trong phòng học ở đây. Tôi không xin và không cho số điện thoại, địa chỉ, tài khoản mạng."),
        N_("Tôi không tự tìm đến trẻ em. Em hoặc ba mẹ em nhờ thì tôi mới giúp."),
        N_("Tôi biết thầy cô trực và ba mẹ đọc được mọi tin nhắn trong phòng."),
        N_("Tôi không hẹn gặp bên ngoài, không xin hình, không giữ bí mật với trẻ em."),
        N_("Tôi không hỏi, không xem, không giữ mật khẩu, mã OTP, số căn cước, số tài khoản của ai."),
        N_("Tôi chỉ cách làm để người học tự làm. Tôi nói nhẹ nhàng, không chê ai."),
        N_("Tôi không nhận tiền hay quà, và không tặng tiền hay quà."),
        N_("Thấy chuyện lạ, tôi dừng lại và báo người trực ngay. Có nguy hiểm thì gọi 111 hoặc 113."),
        N_("Tôi hiểu rằng một người của đơn vị có thể tạm dừng việc giúp của tôi bất cứ lúc nào."),
    ),
    yes=N_("Tôi hứa làm đúng các điều trên"),
)

PUPIL = Conduct(
    kind="pupil",
    title=N_("Điều em hứa khi giúp bạn"),
    lead=N_("Em đọc từng điều. Điều nào chưa rõ thì hỏi thầy cô trước khi hứa."),
    promises=(
        N_("Em chỉ giúp trong phòng học ở đây. Em không xin và không cho số điện thoại, địa chỉ, tài khoản mạng."),
        N_("Em chờ bạn nhờ rồi mới giúp. Em không tự rủ ai vào phòng."),
        N_("Em biết thầy cô trực và ba mẹ đọc được mọi tin nhắn trong phòng."),
        N_("Em không rủ gặp nhau bên ngoài, không xin hình, không giữ bí mật với người lớn."),
        N_("Em không hỏi mật khẩu, mã trong tin nhắn, số căn cước của ai. Bạn lỡ viết ra thì em nhắc bạn đổi ngay."),
        N_("Em chỉ cho bạn tự làm, không làm bài thay bạn. Em không chê, không la bạn."),
        N_("Em không nhận tiền hay quà, và không tặng tiền hay quà."),
        N_("Thấy chuyện lạ, em dừng lại và kể thầy cô ngay. Sợ hay nguy hiểm thì gọi 111. Em không bị la vì đã kể."),
        N_("Em hiểu rằng thầy cô có thể cho em tạm nghỉ giúp bạn bất cứ lúc nào."),
    ),
    yes=N_("Em hứa làm đúng các điều trên"),
)

BY_KIND = {conduct.kind: conduct for conduct in (ADULT, PUPIL)}


def conduct_for(minor: bool) -> Conduct:
    """Returns the list that this user reads."""
    return PUPIL if minor else ADULT
