"""The form of an answer."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from tutoring.accounts.validators import at_most, needed
from tutoring.policy.published_answers import MAX_ANSWER_CHARS, MAX_PROBLEM_CHARS
from tutoring.web.forms import Form


class AnswerForm(Form):
    """The problem in one line, and what solved it."""

    problem = StringField(
        _l("Bị kẹt ở đâu?"),
        description=_l("Một dòng, như người sau sẽ tìm: “Bấm mã lớp mà màn hình đứng yên”."),
        validators=[needed(_l("Hãy ghi chỗ bị kẹt, trong một dòng.")), at_most(MAX_PROBLEM_CHARS)],
    )
    answer = TextAreaField(
        _l("Làm sao thì được?"),
        description=_l("Vài bước ngắn, bằng lời của bạn. Không chép tin nhắn, không ghi tên, trường, số điện thoại."),
        validators=[needed(_l("Hãy viết từng bước một, để người đọc làm theo được.")), at_most(MAX_ANSWER_CHARS)],
    )
