"""The forms of the lesson pages."""

from collections.abc import Mapping
from typing import Self

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.accounts.models import User
from tutoring.accounts.validators import at_most, needed
from tutoring.policy.pairing.school_subjects import GRADES
from tutoring.web.forms import Form

LEVEL_NAMES = {
    1: _l("Trả lời đúng câu hỏi"),
    2: _l("Tự làm được khi luyện tập"),
    3: _l("Thầy cô đã thấy làm được"),
}
SOURCE_NAMES = {
    "teacher": _l("Thầy cô ghi nhận"),
    "quiz": _l("Qua câu hỏi của bài"),
    "practice": _l("Qua phần luyện tập"),
    "room": _l("Được thấy làm trong phòng học"),
}


class GrantForm(Form):
    """A skill and the level that the teacher confirms."""

    skill = SelectField(_l("Kỹ năng"))
    level = RadioField(
        _l("Mức"), coerce=int, choices=[SelectChoice(level, name) for level, name in LEVEL_NAMES.items()], default=2
    )


class SubjectForm(Form):
    """A school subject and the grades in which a pupil helps with it."""

    subject = SelectField(_l("Môn học"))
    first = SelectField(_l("Từ lớp"), coerce=int, choices=[SelectChoice(grade, str(grade)) for grade in GRADES])
    last = SelectField(_l("Đến lớp"), coerce=int, choices=[SelectChoice(grade, str(grade)) for grade in GRADES])

    def offering(self, names: Mapping[str, str], highest: int) -> Self:
        """Sets the subjects, by their names, and the grades up to the highest, which is chosen at first."""
        self.subject.choices = [SelectChoice(value, name) for value, name in names.items()]
        self.first.choices = self.last.choices = [SelectChoice(one, str(one)) for one in GRADES if one <= highest]
        if not self.is_submitted():
            self.first.data = self.last.data = highest
        return self


class ShownForm(Form):
    """What the public page of a certificate shows of its holder."""

    shown = RadioField(_l("Người khác thấy gì khi mở mã trên giấy?"))

    def named(self, holder: User) -> "ShownForm":
        """Sets the choices, with the names that the page would show."""
        self.shown.choices = [
            SelectChoice("nothing", _l("Không có tên")),
            SelectChoice("called_name", _l("Tên gọi: %(name)s", name=holder.called_name)),
            SelectChoice("full_name", _l("Họ và tên: %(name)s", name=holder.full_name)),
        ]
        return self


class NewLessonForm(Form):
    """The path, slug, title and skill of a new lesson."""

    title = StringField(
        _l("Tên bài"),
        description=_l("Một việc làm được, bắt đầu bằng động từ. Ví dụ: Gửi ảnh cho cô giáo"),
        validators=[needed(_l("Hãy ghi tên bài.")), at_most(80)],
    )
    slug = StringField(
        _l("Mã bài"),
        description=_l("Đứng trong địa chỉ và giữ mãi. Chữ thường không dấu, nối bằng gạch. Ví dụ: gui-anh-cho-co"),
        validators=[needed(_l("Hãy ghi mã bài.")), at_most(60)],
        render_kw={"spellcheck": "false", "autocapitalize": "none"},
    )
    path = SelectField(_l("Lộ trình"))
    skill = SelectField(_l("Kỹ năng học được"))


class NoteForm(Form):
    """What the author says to the reviewer."""

    note = TextAreaField(
        _l("Vì sao nên sửa như vậy"),
        description=_l("Người duyệt đọc ghi chú này. Ghi cả nguồn, nếu có điều mới."),
        validators=[at_most(500)],
        render_kw={"rows": 3},
    )


class WriteForm(NoteForm):
    """The text of a proposal; the command validates it."""

    text = TextAreaField(_l("Nội dung"), render_kw={"rows": 24, "spellcheck": "false"})
    seen = HiddenField()


class ReturnForm(Form):
    """The remarks with which a reviewer returns a proposal."""

    note = TextAreaField(_l("Cần sửa gì"), render_kw={"rows": 4})
