"""Forms of data rights."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.validators import InputRequired, NumberRange, Optional

from tutoring.web.forms import Form

REQUIRED = _l("Mục này cần được điền.")


class PlainForm(Form):
    """A form with only a button."""


class DeleteForm(Form):
    """Confirms an erasure by the typed name, so that no single click erases data."""

    typed = StringField(_l("Gõ tên gọi để xác nhận"), [InputRequired(REQUIRED)])


class AskForm(Form):
    """A request for what users cannot do themselves."""

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
    """The answer to a request: what was done, or why not."""

    done = HiddenField()
    reason = TextAreaField(_l("Trả lời"), [InputRequired(REQUIRED)], render_kw={"rows": 3})


class BreachForm(Form):
    """The first record of a breach."""

    discovered_at = DateTimeLocalField(_l("Phát hiện lúc"), [InputRequired(REQUIRED)])
    what = TextAreaField(_l("Chuyện gì đã xảy ra"), [InputRequired(REQUIRED)], render_kw={"rows": 4})
    categories = StringField(_l("Loại dữ liệu"), [InputRequired(REQUIRED)])
    people = IntegerField(
        _l("Khoảng bao nhiêu người"), [InputRequired(REQUIRED), NumberRange(0, 100_000_000, REQUIRED)]
    )
    reason = TextAreaField(_l("Đã làm gì để chặn lại"), [Optional()], render_kw={"rows": 3})


class StepForm(Form):
    """A further step of a breach."""

    step = HiddenField()
    reason = TextAreaField(_l("Ghi chú: đã làm gì, vì sao"), [Optional()], render_kw={"rows": 3})


def typed_label(form: DeleteForm, called: str) -> Any:
    """Puts the name that the user must type into the label."""
    form.typed.label.text = _l("Gõ “%(name)s” để xác nhận", name=called)
    return form
