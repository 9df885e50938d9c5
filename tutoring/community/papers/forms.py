"""The form of a unit's letterhead."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import Optional

from tutoring.accounts.validators import at_most
from tutoring.community.papers.models import LONGEST
from tutoring.web.forms import Form


class LetterheadForm(Form):
    """Form for the head and the foot of official papers."""

    above = StringField(
        _l("Cơ quan chủ quản"),
        description=_l("Dòng đầu bên trái. Như: UBND THÀNH PHỐ …"),
        validators=[Optional(), at_most(LONGEST["above"])],
    )
    office = StringField(
        _l("Cơ quan ban hành"),
        description=_l("Tên chính thức, đầy đủ. Như: UỶ BAN NHÂN DÂN PHƯỜNG …"),
        validators=[Optional(), at_most(LONGEST["office"])],
    )
    symbol = StringField(
        _l("Chữ viết tắt trong ký hiệu"),
        description=_l("Ghi UBND thì báo cáo có ký hiệu BC-UBND, biên bản có BB-UBND. Số do văn thư ghi."),
        validators=[Optional(), at_most(LONGEST["symbol"])],
    )
    place = StringField(
        _l("Địa danh"),
        description=_l("Đứng trước ngày tháng. Như: Phường …"),
        validators=[Optional(), at_most(LONGEST["place"])],
    )
    addressee = TextAreaField(
        _l("Kính gửi (chỉ báo cáo)"),
        description=_l("Mỗi dòng một nơi."),
        validators=[Optional(), at_most(LONGEST["addressee"])],
        render_kw={"rows": 2},
    )
    signer = TextAreaField(
        _l("Quyền hạn, chức vụ người ký"),
        description=_l("Mỗi dòng một ý. Như: TM. UỶ BAN NHÂN DÂN, dòng dưới: CHỦ TỊCH."),
        validators=[Optional(), at_most(LONGEST["signer"])],
        render_kw={"rows": 2},
    )
    recipients = TextAreaField(
        _l("Nơi nhận"),
        description=_l("Mỗi dòng một nơi. Dòng “Lưu: VT” được thêm ở cuối."),
        validators=[Optional(), at_most(LONGEST["recipients"])],
        render_kw={"rows": 3},
    )
