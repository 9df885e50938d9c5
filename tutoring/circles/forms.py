"""The forms of circles."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from tutoring.accounts.validators import OneOf, at_most, choice, needed
from tutoring.circles.commands import MAX_TEXT_CHARS, MAX_TITLE_CHARS
from tutoring.web.forms import Form


class TopicForm(Form):
    """A question to the circle.

    `sure`: similar topics were shown, and the user still wants to ask.
    """

    sure = HiddenField()
    title = StringField(
        _l("Câu hỏi"),
        description=_l("Một câu ngắn, để ba mẹ khác nhìn là biết. Không ghi họ tên con, số điện thoại, địa chỉ."),
        validators=[needed(_l("Hãy ghi câu hỏi thật ngắn.")), at_most(MAX_TITLE_CHARS)],
    )
    text = TextAreaField(
        _l("Kể thêm"),
        description=_l("Con học lớp mấy, máy gì, đã thử cách nào rồi."),
        validators=[needed(_l("Hãy viết vài câu.")), at_most(MAX_TEXT_CHARS)],
    )
    lesson = SelectField(_l("Về bài học nào"), validate_choice=False, validators=[Optional(), OneOf()])


class AnswerForm(Form):
    """An answer to a topic."""

    text = TextAreaField(
        _l("Câu trả lời của bạn"),
        description=_l("Cách nhà mình đã làm. Không ghi họ tên con, số điện thoại, địa chỉ."),
        validators=[needed(_l("Hãy viết câu trả lời.")), at_most(MAX_TEXT_CHARS)],
    )


class HideForm(Form):
    """The reason for hiding a topic or an answer."""

    reason = StringField(_l("Lý do"), validators=[needed(_l("Hãy ghi lý do.")), at_most(200)])


class ToLessonForm(Form):
    """The target of an answer: a step of the topic's lesson, or a new lesson."""

    where = RadioField(_l("Gửi vào đâu"), validate_choice=False, validators=[OneOf()])
    step = SelectField(_l("Bước nào"), validate_choice=False, validators=[OneOf()])
    title = StringField(_l("Tên bài mới"), validators=[Optional(), at_most(90)])
    path = SelectField(_l("Lộ trình"), validate_choice=False, validators=[OneOf()])
    skill = SelectField(_l("Kỹ năng"), validate_choice=False, validators=[OneOf()])


STEP, NEW = "step", "new"
WHERE = {
    STEP: choice(STEP, _l("Một bước của bài này"), _l("Câu trả lời được ghi vào mục “Hay nhầm” của bước.")),
    NEW: choice(
        NEW, _l("Một bài mới"), _l("Nội dung đã chép vào bước 1; bạn viết tiếp các bước còn lại rồi gửi duyệt.")
    ),
}
