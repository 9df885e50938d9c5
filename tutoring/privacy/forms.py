"""Forms of data rights."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.validators import InputRequired, NumberRange, Optional

from tutoring.web.forms import Form

REQUIRED = _l("Mục này cần được điền.")


class PlainForm(Form):
    """A button."""


class DeleteForm(Form):
    """Typing the name, so that no single press erases anything."""

    typed = StringField(_l("Gõ tên gọi để xác nhận"), [InputRequired(REQUIRED)])


class AskForm(Form):
    """What one cannot do by oneself."""

    kind = RadioField(
        _l("Bạn cần gì?"),
        [InputRequired(_l("Hãy chọn một mục trong danh sách."))],
        choices=[
            SelectChoice("correct", _l("Sửa điều tôi không tự sửa được")),
            SelectChoice("restrict", _l("Ngừng dùng một phần dữ liệu")),
        ],
    )
    reason = TextAreaField(_l("Kể ngắn gọn"), [InputRequired(REQUIRED)], render_kw={"rows": 3})


class AnswerForm(Form):
    """What was done, or why not."""

    done = HiddenField()
    reason = TextAreaField(_l("Trả lời"), [InputRequired(REQUIRED)], render_kw={"rows": 3})


class BreachForm(Form):
    """A breach as it is noted."""

    discovered_at = DateTimeLocalField(_l("Phát hiện lúc"), [InputRequired(REQUIRED)])
    what = TextAreaField(_l("Chuyện gì đã xảy ra"), [InputRequired(REQUIRED)], render_kw={"rows": 4})
    categories = StringField(_l("Loại dữ liệu"), [InputRequired(REQUIRED)])
    people = IntegerField(
        _l("Khoảng bao nhiêu người"), [InputRequired(REQUIRED), NumberRange(0, 100_000_000, REQUIRED)]
    )
    reason = TextAreaField(_l("Đã làm gì để chặn lại"), [Optional()], render_kw={"rows": 3})


class StepForm(Form):
    """A step in the life of a breach."""

    step = HiddenField()
    reason = TextAreaField(_l("Ghi chú: đã làm gì, vì sao"), [Optional()], render_kw={"rows": 3})


def typed_label(form: DeleteForm, called: str) -> Any:
    """The name to be typed stands in the label."""
    form.typed.label.text = _l("Gõ “%(name)s” để xác nhận", name=called)
    return form
