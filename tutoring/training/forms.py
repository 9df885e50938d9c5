"""Forms for training sessions: publish or change one, and cancel it."""

from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from tutoring.accounts.validators import Hour, IntegerRange, OneOf, at_most, choice, needed
from tutoring.accounts.validators import minutes as minutes_of
from tutoring.kernel import clock
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_
from tutoring.policy.training import FEWEST_SEATS, MOST_SEATS
from tutoring.training.commands import LENGTHS, MAX_CHARS, Plan
from tutoring.web.forms import Form


def _length(minutes: int) -> Any:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _l("%(n)s phút", n=minutes)
    return _l("%(h)s giờ %(n)s phút", h=hours, n=rest) if rest else _l("%(h)s giờ", h=hours)


def _list(label: Any, message: Any, **more: Any) -> SelectField:
    return SelectField(label, validate_choice=False, validators=[needed(message), OneOf()], **more)


class SessionForm(Form):
    """Form for a training session."""

    title = StringField(
        _l("Tên buổi tập huấn"),
        description=_l("Ví dụ: Hướng dẫn bà con nộp hồ sơ trên điện thoại. Không ghi số điện thoại."),
        validators=[needed(_l("Hãy đặt tên cho buổi tập huấn.")), at_most(MAX_CHARS["title"])],
    )
    track = _list(_l("Dành cho"), _l("Hãy chọn lộ trình của buổi tập huấn."))
    day = StringField(_l("Ngày"), validators=[needed(_l("Hãy chọn ngày."))], render_kw={"type": "date"})
    time = StringField(
        _l("Giờ bắt đầu"), validators=[needed(_l("Hãy ghi giờ bắt đầu.")), Hour()], render_kw={"type": "time"}
    )
    minutes = _list(
        _l("Dài bao lâu"), _l("Hãy chọn buổi tập huấn dài bao lâu."),
        choices=[choice(str(n), _length(n)) for n in LENGTHS], default="120",
    )  # fmt: skip
    place = StringField(
        _l("Ở đâu"),
        description=_l("Ví dụ: Phòng họp 2, Ủy ban nhân dân phường. Trực tuyến thì ghi “Trực tuyến”."),
        validators=[needed(_l("Hãy ghi nơi tập huấn: phòng nào, hoặc trực tuyến.")), at_most(MAX_CHARS["place"])],
    )
    seats = StringField(
        _l("Bao nhiêu chỗ"),
        description=_l("Hết chỗ thì người đăng ký sau vào danh sách chờ."),
        default="30",
        validators=[needed(_l("Hãy ghi số chỗ.")), IntegerRange(FEWEST_SEATS, MOST_SEATS)],
        render_kw={"inputmode": "numeric", "class": "short"},
    )
    leader = _list(_l("Người hướng dẫn"), _l("Hãy chọn người hướng dẫn trong danh sách."))
    words = TextAreaField(
        _l("Lời dặn"), description=_l("Cần mang theo gì, nên học bài nào trước."),
        validators=[Optional(), at_most(MAX_CHARS["words"])],
    )  # fmt: skip

    def moment(self) -> datetime:
        """Returns the entered moment; raises InvalidInput."""
        try:
            day = date.fromisoformat(self.day.data or "")
            start = datetime.combine(day, datetime.min.time(), clock.LOCAL)
            return start + timedelta(minutes=minutes_of(self.time.data or "") or 0)
        except (ValueError, OverflowError):
            raise InvalidInput(N_("Hãy chọn một ngày trong lịch."), field="day") from None

    def plan(self) -> Plan:
        """Returns the entered plan, from validated fields."""
        return Plan(
            track=self.track.data, title=self.title.data or "", words=self.words.data or "",
            place=self.place.data or "", at=self.moment(), minutes=int(self.minutes.data),
            seats=int(self.seats.data or 0), leader_id=int(self.leader.data),
        )  # fmt: skip


class CancelForm(Form):
    """Form for cancelling a session, with the reason."""

    why = StringField(
        _l("Lý do"),
        description=_l("Mọi người đã đăng ký đọc được."),
        validators=[needed(_l("Hãy ghi lý do; mọi người đã đăng ký đọc được.")), at_most(MAX_CHARS["why"])],
    )
