"""Forms of announcements, of the lessons of a month and of tasks."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from tutoring.accounts.validators import at_most, needed
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_
from tutoring.policy.groups import LONGEST_DETAILS, LONGEST_POST, LONGEST_TASK, LONGEST_TITLE, MOST_LESSONS
from tutoring.web.forms import Form
from tutoring.web.urls import parse_int

_DAY = {"type": "date"}


class PostForm(Form):
    """An announcement."""

    version = HiddenField()
    title = StringField(_l("Tên thông báo"), validators=[needed(_l("Hãy ghi tên thông báo.")), at_most(LONGEST_TITLE)])
    text = TextAreaField(
        _l("Nội dung"),
        description=_l("Viết ngắn, dễ hiểu. Không ghi số điện thoại, địa chỉ nhà hay số căn cước của ai."),
        validators=[needed(_l("Hãy ghi nội dung.")), at_most(LONGEST_POST)],
        render_kw={"rows": 7},
    )
    until = StringField(
        _l("Hiện đến hết ngày"),
        description=_l("Để trống thì hiện đến khi bạn gỡ."),
        validators=[Optional()],
        render_kw=_DAY,
    )
    pinned = BooleanField(_l("Ghim lên đầu trang"), description=_l("Mỗi nơi ghim một thông báo."))
    tell = BooleanField(_l("Báo cho mọi người"))


class TaskForm(Form):
    """A task of a unit."""

    version = HiddenField()
    title = StringField(_l("Việc cần làm"), validators=[needed(_l("Hãy ghi việc cần làm.")), at_most(LONGEST_TASK)])
    details = TextAreaField(
        _l("Chi tiết"),
        description=_l("Chỉ người phụ trách và người được giao đọc. Không ghi số căn cước, số điện thoại của ai."),
        validators=[Optional(), at_most(LONGEST_DETAILS)],
        render_kw={"rows": 4},
    )
    due = StringField(_l("Hạn làm xong"), validators=[Optional()], render_kw=_DAY)
    assignee = SelectField(
        _l("Giao cho"),
        description=_l("Người phụ trách và tổ công nghệ số cộng đồng nhận việc ngay. Người dân được hỏi trước."),
        validate_choice=False,
    )

    @property
    def assignee_id(self) -> int | None:
        """The id of the assignee. Raises InvalidInput."""
        try:
            return parse_int(self.assignee.data) if self.assignee.data else None
        except ValueError:
            raise InvalidInput(N_("Hãy chọn một người trong danh sách."), field="assignee") from None


def _lesson(number: int) -> SelectField:
    return SelectField(_l("Bài %(n)s", n=number), validate_choice=False)


class MonthForm(Form):
    """Up to five lessons of a month, in order."""

    lesson1 = _lesson(1)
    lesson2 = _lesson(2)
    lesson3 = _lesson(3)
    lesson4 = _lesson(4)
    lesson5 = _lesson(5)

    @property
    def lessons(self) -> list[Any]:
        """The fields, in order."""
        return [self[f"lesson{n}"] for n in range(1, MOST_LESSONS + 1)]


def day_of(form: Form, name: str) -> date | None:
    """Returns the day in a field, or None. Raises InvalidInput."""
    try:
        return date.fromisoformat(form[name].data) if form[name].data else None
    except ValueError:
        raise InvalidInput(N_("Hãy chọn một ngày trong lịch."), field=name) from None


def version_of(form: Form) -> int:
    """Returns the version from which the page was rendered; 0, which never exists, if absent."""
    try:
        return parse_int(form["version"].data or "")
    except ValueError:
        return 0
