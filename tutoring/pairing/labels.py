"""Labels of pairing: reasons for an offer, features of a pair, reasons for having no helper.

All labels are msgids and are translated where they are shown. Labels of lacking devices say nothing about why one
family comes before others.
"""

from collections.abc import Iterable
from typing import Any

from tutoring.kernel.text import N_

# A feature is named as a reason when its value (0–100) is at least this.
_SAYS = {
    "cont": ((100, N_("đã giúp người này lần trước")),),
    "place": ((100, N_("cùng trường")), (60, N_("cùng phường"))),
    "level": ((64, N_("biết việc này")),),
    "device": ((100, N_("quen loại máy này")),),
    "load": ((70, N_("tuần này còn giúp ít")),),
}


def reason_words(reasons: Iterable[Any]) -> list[str]:
    """Returns the msgids of an offer's reasons, most interesting first."""
    found = {feature: value for feature, value, _points in reasons}
    said = []
    for feature, steps in _SAYS.items():
        word = next((text for least, text in steps if found.get(feature, -1) >= least), None)
        if word:
            said.append(word)
    return said


_NEAR = {0: N_("cùng lớp hoặc khu phố"), 1: N_("cùng trường"), 2: N_("cùng phường")}


def board_words(nearness: int, in_front: bool) -> list[str]:
    """Returns the msgids of the reasons why a request is on a helper's board."""
    near = [_NEAR[nearness]] if nearness in _NEAR else []
    return [N_("bạn biết việc này"), *near, *([N_("người giúp trước chưa tới")] if in_front else [])]


FEATURE_WORDS = {
    "level": N_("mức kỹ năng"),
    "cover": N_("biết đúng việc được nhờ"),
    "time": N_("nhiều giờ cùng rảnh"),
    "grade": N_("chênh nhau mấy lớp"),
    "lang": N_("cùng ngôn ngữ"),
    "place": N_("cùng trường, cùng phường"),
    "device": N_("quen loại máy của người học"),
    "rating": N_("được người học đánh giá"),
    "gender": N_("muốn học với nam hay nữ"),
    "cont": N_("đã học cùng nhau"),
    "load": N_("còn rảnh trong tuần"),
}

BECAUSE_WORDS = {
    "1": N_("Chưa có ai ở đây có kỹ năng này ở mức cần."),
    "2": N_("Chưa có ai nói cùng ngôn ngữ."),
    "3": N_("Chưa có ai ở tuổi hoặc lớp được phép giúp."),
    "4": N_("Người giúp được thì một trong hai bên không muốn gặp."),
    "5": N_("Người giúp được đã đủ người trong tuần."),
    "6": N_("Không có giờ nào cùng rảnh đủ 45 phút."),
    "places": N_("Người giúp được đã có người khác cần hơn trong đợt này."),
    "times": N_("Giờ cùng rảnh đã dành cho người khác trong đợt này."),
}


LACK_WORDS = {
    "device": N_("Chưa có máy"),
    "internet": N_("Chưa có mạng"),
    "both": N_("Chưa có máy và mạng"),
}
KIND_WORDS = {"device": N_("Máy"), "internet": N_("Mạng")}
NEED_WORDS = {
    "asked": N_("phường đã nhận, đang xem"),
    "confirmed": N_("phường đã xác nhận, đang chờ lượt"),
    "proposed": N_("đang được xét"),
    "approved": N_("đã duyệt, sắp giao"),
    "met": N_("đã giao"),
    "refused": N_("chưa nhận được"),
    "withdrawn": N_("đã rút lại"),
    "lapsed": N_("đã hết hạn xác nhận"),
}
NO_NEED = N_("phường chưa ghi nhận")
# What pages of requests that await a device show.
AWAITING_DEVICE_WORDS = {
    "lack_words": LACK_WORDS, "need_kinds": KIND_WORDS, "need_words": NEED_WORDS, "no_need": NO_NEED,
}  # fmt: skip
