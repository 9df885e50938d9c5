"""The findings of the detector, and the explanations for the sender.

An explanation says what was found, why it should not be sent, and what to do instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tutoring.kernel.text import N_

PRIVATE = ("phone", "idno", "otp", "bank", "email", "link", "handle", "address", "secret", "school")
SPOKEN = ("distress", "threat", "insult")  # kinds of statements, which cannot be masked
KINDS = (*PRIVATE, *SPOKEN)
ACTIONS = ("send", "warn", "mask", "hold", "refuse", "care")  # from mildest to strictest
LEVELS = ("explicit", "ambiguous")  # of distress


@dataclass(frozen=True)
class Hit:
    """One finding: its span in the text as written, in code points, `end` exclusive.

    `value` is the decoded value: a telephone number as 0…, ids as digits, email in lower case. It is empty for a
    request (for a code, for example) and for the `SPOKEN` kinds. `reason` is a Vietnamese msgid in plain words, for the
    sender. `level` is that of distress: explicit raises an alarm, ambiguous asks for a review.
    """

    kind: str
    start: int
    end: int
    value: str
    reason: str
    level: str = ""


@dataclass(frozen=True)
class Verdict:
    """The decision about a text; `fault`: the detector failed or took too long, which holds it.

    `care`: a person may be in danger. The text goes only to the observers in charge and is never rejected. Its hits of
    all kinds stay, so that numbers and codes are masked for its readers (`screening.mask_hits` with
    `screening.disclosing_hits`). Hits of `PRIVATE` kinds are in order without overlaps. Those of `SPOKEN` kinds follow,
    one of each kind, and may overlap.
    """

    hits: tuple[Hit, ...] = ()
    action: str = "send"
    fault: bool = False

    @property
    def level(self) -> str:
        """The level of distress; empty where none is found."""
        return next((hit.level for hit in self.hits if hit.kind == "distress"), "")


def strictest(actions: Iterable[str]) -> str:
    """Returns the strictest of some actions; "send" for none."""
    return max(actions, key=ACTIONS.index, default="send")


REASONS = {
    "phone": N_(
        "Đây giống một số điện thoại. Người lạ có thể dùng nó để tìm bạn; hãy nói chuyện ngay trong phòng này."
    ),
    "idno": N_("Đây giống số căn cước. Số này chỉ điền trên trang của Nhà nước, không gửi cho ai trong phòng."),
    "otp": N_("Đây giống mã xác nhận. Ai có mã là vào được tài khoản của bạn, nên không đưa cho ai, kể cả người giúp."),
    "bank": N_("Đây giống số tài khoản hoặc số thẻ. Ở đây không ai cần chuyển tiền; hãy bỏ số này đi."),
    "email": N_("Đây là địa chỉ thư điện tử. Hãy nói chuyện ngay trong phòng này, không đưa địa chỉ riêng."),
    "link": N_("Đường dẫn này không nằm trong danh sách được gửi. Hãy nói tên trang, hoặc nhờ thầy cô kiểm tra giúp."),
    "handle": N_(
        "Bạn đang đưa hoặc hỏi tài khoản mạng xã hội. Hãy ở lại phòng này, nơi thầy cô thấy và giúp được bạn."
    ),
    "address": N_("Đây giống địa chỉ nhà. Không nói mình ở đâu với người mới quen; phường hoặc xã là đủ khi cần."),
    "secret": N_("Đây giống mật khẩu. Mật khẩu chỉ một mình bạn biết; nếu đã lỡ nói ra, hãy đổi mật khẩu ngay."),
    "school": N_("Bạn đang nói trường, lớp của mình. Người lạ có thể tìm đến; chỉ cần nói khối lớp là đủ."),
}
ASKING = {
    "otp": N_("Tin này hỏi mã xác nhận của người khác. Không ai được hỏi mã này; người nhận hãy tự nhập mã trên máy."),
    "secret": N_("Tin này hỏi mật khẩu của người khác. Không ai được hỏi mật khẩu; hãy để người đó tự gõ."),
}
