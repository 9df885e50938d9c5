"""The form of notification preferences; the topic checkboxes are read beside it."""

from datetime import time

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.validators import InputRequired

from tutoring.notifications.delivery.schedule import Quiet
from tutoring.notifications.preferences.commands import Typed
from tutoring.notifications.preferences.queries import EffectivePreferences
from tutoring.web.forms import Form

_NEEDED = _l("Gõ giờ, như 21:00.")


class ChoicesForm(Form):
    quiet_from = TimeField(_l("Từ"), validators=[InputRequired(_NEEDED)])
    quiet_to = TimeField(_l("Đến"), validators=[InputRequired(_NEEDED)])
    how = RadioField(
        _l("Email đến thế nào"),
        choices=[
            SelectChoice("once", _l("Ngay khi có việc")),
            SelectChoice("daily", _l("Gộp thành một thư mỗi ngày")),
            SelectChoice("weekly", _l("Gộp thành một thư mỗi tuần, vào Chủ nhật")),
        ],
        description=_l("Việc gấp như có người nhận giúp, buổi học sắp bắt đầu vẫn đến ngay."),
        default="once",
    )
    hour = SelectField(
        _l("Thư gộp đến lúc mấy giờ"),
        choices=[SelectChoice(hour, f"{hour}:00") for hour in range(6, 22)],
        coerce=int,
        default=18,
    )
    woken = BooleanField(
        _l("Có người đang gặp nguy hiểm thì báo tôi cả trong giờ yên"),
        description=_l("Cho người trực và người phụ trách. Ngoài việc này, không thông báo nào đến trong giờ yên."),
    )

    def show(self, chosen: EffectivePreferences) -> None:
        """Fills the form with the effective preferences."""
        self.quiet_from.data, self.quiet_to.data = _clock(chosen.quiet.start), _clock(chosen.quiet.end)
        self.how.data, self.woken.data = chosen.how, chosen.woken
        self.hour.data = min(max(chosen.hour, 6), 21)

    def typed(self, picked: dict[str, dict[str, bool]]) -> Typed:
        """Returns the preferences from the validated fields."""
        assert self.quiet_from.data is not None and self.quiet_to.data is not None
        quiet = Quiet(_minutes(self.quiet_from.data), _minutes(self.quiet_to.data))
        return Typed(picked, quiet, self.how.data, self.hour.data, bool(self.woken.data))


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
