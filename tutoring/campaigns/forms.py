"""Forms for campaigns and their materials."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional

from tutoring.accounts.validators import IntegerRange, OneOf, at_most, choice, needed
from tutoring.campaigns.commands import MAX_GOAL
from tutoring.campaigns.labels import COUNT_MEANS, COUNT_WORDS, KIND_MEANS, KIND_WORDS
from tutoring.web.forms import Form


class PlainForm(Form):
    """Form with a single button."""


class CampaignForm(Form):
    """Form for a campaign."""

    title = StringField(
        _l("Tên chiến dịch"),
        description=_l("Ví dụ: Giúp nhau học trực tuyến; Mỗi nhà một công dân số."),
        validators=[needed(_l("Hãy đặt tên cho chiến dịch.")), at_most(90)],
    )
    summary = TextAreaField(
        _l("Để làm gì, cho ai"),
        description=_l("Hai, ba câu bà con đọc là hiểu. Không ghi số điện thoại hay tên riêng của ai."),
        validators=[needed(_l("Hãy tả ngắn gọn chiến dịch.")), at_most(500)],
        render_kw={"rows": 4},
    )
    counts = RadioField(
        _l("Tính gì"),
        choices=[choice(key, _l(COUNT_WORDS[key]), _l(COUNT_MEANS[key])) for key in COUNT_WORDS],
        default="helped",
        validate_choice=False,
        validators=[OneOf()],
    )
    goal = StringField(
        _l("Đích, bao nhiêu người"),
        validators=[needed(_l("Hãy ghi số người.")), IntegerRange(1, MAX_GOAL)],
        render_kw={"inputmode": "numeric", "class": "short"},
    )
    starts_on = StringField(
        _l("Ngày bắt đầu"), validators=[needed(_l("Hãy chọn ngày bắt đầu."))], render_kw={"type": "date"}
    )
    ends_on = StringField(_l("Ngày cuối"), validators=[needed(_l("Hãy chọn ngày cuối."))], render_kw={"type": "date"})
    units = SelectMultipleField(
        _l("Nơi tham gia"),
        description=_l("Không chọn nơi nào thì tính cả đơn vị và mọi nơi bên dưới."),
        validate_choice=False,
        validators=[Optional(), OneOf()],
    )
    partners = SelectMultipleField(_l("Đơn vị đồng hành"), validate_choice=False, validators=[Optional(), OneOf()])
    join_code = SelectField(
        _l("Mã vào nhóm trên trang chiến dịch"),
        description=_l("Người mới vào nhóm bằng mã này. Tạo mã ở trang đơn vị, mục “Mã tham gia”."),
        validate_choice=False,
        validators=[Optional(), OneOf()],
    )


class NewMaterialForm(Form):
    """Form for a new material: its kind and its lesson."""

    kind = RadioField(
        _l("Làm gì"),
        choices=[choice(key, _l(KIND_WORDS[key]), _l(KIND_MEANS[key])) for key in KIND_WORDS],
        default="poster",
        validate_choice=False,
        validators=[OneOf()],
    )
    lesson = SelectField(
        _l("Từ bài học"),
        description=_l("Chữ ban đầu lấy từ bài này, rồi bạn sửa lại."),
        validate_choice=False,
        validators=[needed(_l("Hãy chọn một bài.")), OneOf()],
    )


class MaterialForm(Form):
    """Form for the texts of a material."""

    title = StringField(
        _l("Câu chính"),
        description=_l("Một câu ngắn, đứng xa ba mét cũng đọc được."),
        validators=[needed(_l("Hãy ghi câu chính.")), at_most(90)],
    )
    text = TextAreaField(_l("Các bước"), validators=[needed(_l("Hãy ghi phần chữ.")), at_most(2000)])
    beware = TextAreaField(
        _l("Điều cần nhớ"),
        description=_l("Mỗi dòng một điều."),
        validators=[Optional(), at_most(1200)],
        render_kw={"rows": 4},
    )
