"""The form of a letter to a class."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from tutoring.accounts.validators import at_most, needed
from tutoring.policy.classes import LONGEST_LETTER
from tutoring.web.forms import Form


class LetterForm(Form):
    """The text of a letter."""

    text = TextAreaField(
        _l("Thư gửi lớp"),
        description=_l("Sửa tuỳ ý. Đừng nhắc tên bạn nào chưa làm bài, số điện thoại hay địa chỉ của ai."),
        validators=[needed(_l("Hãy viết vài câu cho lớp.")), at_most(LONGEST_LETTER)],
        render_kw={"rows": 14},
    )
