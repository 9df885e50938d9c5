"""The form for importing units."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField

from tutoring.accounts.validators import OneOf, choice
from tutoring.web.forms import Form


class ImportForm(Form):
    """Form for a file of units or mergers.

    The view reads the file itself, because it limits the size.
    """

    kind = RadioField(
        _l("Tệp chứa gì?"),
        choices=[
            choice(
                "units",
                _l("Đơn vị mới hoặc đổi tên"),
                _l("Phường, khu phố, trường, lớp. Mã không trùng; tên có thể trùng."),
            ),
            choice("mergers", _l("Sáp nhập"), _l("Nơi nào nhập vào nơi nào, từ ngày nào.")),
        ],
        default="units",
        validate_choice=False,
        validators=[OneOf()],
    )
    file = FileField(_l("Tệp CSV"), description=_l("Trong Excel: Lưu dưới dạng, kiểu CSV UTF-8. Tối đa 4 MB."))
