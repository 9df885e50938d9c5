"""Forms of class lists."""

from string import ascii_uppercase
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField, SelectField, TextAreaField

from tutoring.accounts.validators import OneOf, choice, needed
from tutoring.web.forms import Form


def _column(label: Any, description: Any = "") -> SelectField:
    letters = [choice(str(at), letter) for at, letter in enumerate(ascii_uppercase)]
    return SelectField(
        label, description=description, choices=[choice("", _l("Để trang tự tìm")), *letters], default="",
        validate_choice=False, validators=[OneOf()],
    )  # fmt: skip


class ClassListForm(Form):
    """Form for a class list; the view reads the file itself, because it limits the size."""

    file = FileField(_l("Tệp danh sách lớp"), description=_l("Excel (.xlsx) hoặc CSV, tối đa 4 MB, 10.000 dòng."))
    kind = RadioField(
        _l("Danh sách của ai"),
        choices=[
            choice("pupil", _l("Học sinh")),
            choice(
                "helper", _l("Bạn đồng hành"),
                _l("Học sinh được giới thiệu làm bạn đồng hành. Vẫn cần người thứ hai xác nhận."),
            ),
        ],
        default="pupil", validate_choice=False, validators=[OneOf()],
    )  # fmt: skip
    full = _column(_l("Cột họ và tên"), _l("Nếu họ đệm và tên ở hai cột: đây là cột họ đệm."))
    given = _column(_l("Cột tên, nếu là cột riêng"))
    birth = _column(_l("Cột ngày sinh hoặc năm sinh"))

    def with_staff(self) -> None:
        """Offers the list of adults too, to who may give them a role."""
        hint = _l("Tệp có cột Họ và tên, cột Vai trò: giáo viên, điều phối viên hoặc người giúp.")
        known: Any = self.kind.choices
        self.kind.choices = [*known, choice("staff", _l("Thầy cô và người lớn của trường"), hint)]

    def chosen(self) -> dict[str, int]:
        """Returns the columns that the user named; none unless name and birth are both named."""
        full, given, birth = (int(one.data) if one.data else None for one in (self.full, self.given, self.birth))
        if full is None or birth is None:
            return {}
        return {"full": full, "birth": birth} if given is None else {"middle": full, "given": given, "birth": birth}


class BasisForm(Form):
    """Form for the legal basis of a school's class lists."""

    basis = TextAreaField(
        _l("Căn cứ pháp lý"),
        description=_l("Luật sư kết luận gì, theo điều nào của Luật 91/2025/QH15, ngày nào. Ghi ít nhất 20 chữ cái."),
        validators=[needed(_l("Hãy ghi căn cứ."))],
        render_kw={"rows": 4},
    )
    agreement = TextAreaField(
        _l("Thoả thuận giữa trường và đơn vị vận hành"),
        description=_l("Số văn bản, ngày ký, hai bên. Ghi ít nhất 20 chữ cái."),
        validators=[needed(_l("Hãy ghi thoả thuận."))],
        render_kw={"rows": 3},
    )
