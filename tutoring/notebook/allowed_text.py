"""Checks text of the private notebook.

It rejects data that is never stored, and phone numbers. A dossier code is not parsed or validated. It is only
recognized, so that it is not mistaken for such a number.
"""

import re

from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_, nfc
from tutoring.safety.screening import NEVER_KEPT, disclosing_hits, screen_text

LONGEST = 40

REFUSED = {
    "idno": N_("Đây giống số căn cước hoặc số chứng minh. Đừng ghi số đó ở đây. Hãy ghi mã hồ sơ trên giấy hẹn."),
    "bank": N_("Đây giống số tài khoản hoặc số thẻ. Đừng ghi số đó ở đây. Hãy ghi mã hồ sơ trên giấy hẹn."),
    "otp": N_("Đây giống mã xác nhận. Đừng ghi mã đó ở đâu cả. Nếu đây là mã hồ sơ, hãy chỉ ghi dãy số, bỏ chữ đi."),
    "secret": N_("Đây giống mật khẩu. Đừng ghi mật khẩu ở đây. Hãy chỉ ghi mã hồ sơ và việc gì."),
    "phone": N_("Đây giống số điện thoại. Đừng ghi số đó ở đây. Hãy chỉ ghi mã hồ sơ và việc gì."),
}
_FAULT = N_("Chưa kiểm tra được phần này. Hãy viết ngắn và đơn giản hơn rồi gửi lại.")

# Groups with a letter or a dot among them, a date or a year, a number: H29.24-260115-0012 (as codes are commonly seen;
# not verified). Its digits, read without separators, sometimes look like a phone or citizen number.
_DOSSIER = re.compile(
    r"(?<![\w.\-])(?=[\w.]*[A-Za-z.])[A-Za-z]?\d{2,4}(?:\.[A-Za-z]?\d{1,3})*-\d{4,8}-\d{3,6}(?![\w\-])"
)
# The chat detector accepts such a number without context; here a number of this length counts as a citizen number.
_NINE_OR_TWELVE = re.compile(r"(?<![\w.\-/])(?:\d{9}|\d{12}|\d{3}([ .\-])\d{3}\1\d{3}(?:\1\d{3})?)(?![\w/]|[.\-]\w)")
_GLUED = re.compile(r"(?<=[^\W\d])(?=\d{12}(?!\d))")  # CCCD079…


def kept_words(typed: str, field: str) -> str:
    """Returns the normalized text to store.

    Raises InvalidInput if it is too long or contains data that is never stored.
    """
    text = " ".join(nfc(typed).split())
    if len(text) > LONGEST:
        raise InvalidInput(N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn."), field=field, max=LONGEST)
    if kind := _like(text):
        raise InvalidInput(REFUSED.get(kind, _FAULT), field=field, code="private")
    return text


def _like(text: str) -> str:
    """Returns the kind of rejected data in a text, or an empty string."""
    rest = _DOSSIER.sub(" ", text)
    verdict = screen_text(_GLUED.sub(" ", rest), minor=False)
    if verdict.fault:
        return "fault"
    found = disclosing_hits(verdict.hits, NEVER_KEPT | {"phone"})
    if found:
        return found[0].kind
    return "idno" if _NINE_OR_TWELVE.search(rest) else ""
