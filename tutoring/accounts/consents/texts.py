"""The consent texts for guardians and children, by purpose; a new text gets a new version."""

import hashlib
from dataclasses import dataclass

from tutoring.kernel.text import N_

VERSION = "2026-11"


@dataclass(frozen=True)
class Purpose:
    """One purpose with a text for the guardian and one for the child."""

    key: str
    title: str
    text: str
    own_title: str
    child_text: str
    needed: bool = False
    later: bool = False  # asked when it is needed, not when a profile is made: few need it
    of_cards: bool = False  # asked on the card of a class list alone; shown only to those who were asked
    of_pupils: bool = False  # asked of the pupils of classes: on every card of a class list, and on their pages
    version: str = VERSION  # changed when the meaning changes: consent to another text does not count

    def text_hash(self, assent: bool = False) -> str:
        """Returns the SHA-256 of the Vietnamese text that was shown."""
        return hashlib.sha256((self.child_text if assent else self.text).encode()).hexdigest()


PURPOSES = (
    Purpose(
        key="profile",
        title=N_("Giữ hồ sơ học của con"),
        text=N_(
            "Giữ tên gọi, lớp, năm sinh của con và những bài con đã học, để con học tiếp được. "
            "Không giữ ảnh, địa chỉ, số định danh. Ba mẹ xem và xoá được bất cứ lúc nào."
        ),
        own_title=N_("Giữ hồ sơ học của em"),
        child_text=N_("Ứng dụng nhớ tên gọi, lớp của em và bài em đang học, để lần sau em học tiếp."),
        needed=True,
    ),
    Purpose(
        key="pairing",
        title=N_("Cho con được bạn đồng hành giúp"),
        text=N_(
            "Khi con bấm nhờ giúp, một bạn lớn hơn hoặc thầy cô đã được trường, phường giới thiệu có thể nhận "
            "giúp con. Ba mẹ luôn được báo người đó là ai."
        ),
        own_title=N_("Được bạn đồng hành giúp"),
        child_text=N_(
            "Khi em bấm nhờ giúp, một anh chị hoặc thầy cô được trường giới thiệu sẽ giúp em. Em có quyền không nhận."
        ),
    ),
    Purpose(
        key="chat",
        title=N_("Cho con nhắn tin trong phòng học"),
        text=N_(
            "Con nhắn tin với người giúp trong phòng học mà thầy cô trực và ba mẹ đọc được. "
            "Tin nhắn được giữ 180 ngày rồi xoá. Không gọi video, không nhắn riêng ngoài phòng. "
            "Riêng lời nói có người đang gặp nguy hiểm thì chỉ người trực đọc, và người trực quyết định báo cho ai."
        ),
        own_title=N_("Nhắn tin trong phòng học"),
        child_text=N_(
            "Em nhắn tin trong phòng học. Thầy cô và ba mẹ đọc được tin nhắn của em để giữ an toàn cho em. "
            "Riêng khi em kể chuyện nguy hiểm, chỉ người trực đọc lời ấy."
        ),
        version="2026-12",  # reports of danger are read only by observers on duty
    ),
    Purpose(
        key="hours",
        title=N_("Lập giấy xác nhận giờ giúp của con"),
        text=N_(
            "Khi con giúp bạn khác, con lập được giấy ghi số phút đã được xác nhận, để nộp cho trường hoặc Đoàn. "
            "Giấy chỉ có tên gọi, đơn vị, khoảng ngày, số phút và việc đã giúp. Ai có mã trên giấy thì kiểm tra được "
            "trên mạng. Ba mẹ và con thu hồi được bất cứ lúc nào."
        ),
        own_title=N_("Lập giấy xác nhận giờ giúp"),
        child_text=N_(
            "Em lập được giấy ghi số phút em đã giúp bạn. Ai cầm giấy thì kiểm tra được tên gọi, đơn vị và số phút "
            "của em trên mạng. Em hoặc ba mẹ thu hồi lúc nào cũng được."
        ),
        later=True,
    ),
    Purpose(
        key="full_name",
        title=N_("Ghi họ tên đầy đủ của con"),
        text=N_(
            "Giữ họ tên đầy đủ của con như trong danh sách lớp, để không nhầm hai em cùng tên. "
            "Thầy cô, điều phối viên và người giao máy ở trường, phường đọc được. "
            "Bạn khác và người giúp chỉ thấy tên gọi. "
            "Ba mẹ rút lại thì họ tên đầy đủ bị xoá ngay."
        ),
        own_title=N_("Ghi họ tên đầy đủ của em"),
        child_text=N_("Thầy cô thấy họ tên đầy đủ của em. Bạn khác chỉ thấy tên gọi."),
        later=True,
        of_cards=True,
    ),
    Purpose(
        key="progress_shown",
        title=N_("Cho thầy cô của lớp xem con học đến đâu"),
        text=N_(
            "Thầy cô phụ trách lớp thấy con đã bắt đầu bài nào, đang dừng ở bước nào, bài nào đã xong và bài nào đã có "
            "người chứng kiến, để hỏi thăm khi con cần giúp. Thầy cô không thấy con trả lời gì, nhắn gì, học bao nhiêu "
            "phút. Bạn cùng lớp không thấy. Điều phối viên của trường chỉ thấy con số chung của cả lớp. "
            "Ba mẹ rút lại thì thầy cô không thấy nữa, ngay lúc đó."
        ),
        own_title=N_("Cho thầy cô của lớp xem em học đến đâu"),
        child_text=N_(
            "Thầy cô của lớp thấy em đã bắt đầu bài nào, đang dừng ở bước nào, bài nào đã xong. "
            "Thầy cô không thấy em trả lời gì, nhắn gì. Bạn khác không thấy gì cả."
        ),
        later=True,
        of_pupils=True,
        version="2026-12",
    ),
)
SIGN_UP = tuple(purpose for purpose in PURPOSES if not purpose.later)
ON_CARDS = tuple(purpose for purpose in PURPOSES if not purpose.later or purpose.of_cards or purpose.of_pupils)
ON_OWN_CARDS = tuple(purpose for purpose in PURPOSES if not purpose.later or purpose.of_pupils)  # from 16 on

BY_KEY = {purpose.key: purpose for purpose in PURPOSES}
