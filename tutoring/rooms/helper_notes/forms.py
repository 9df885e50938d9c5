"""The form of a helper's private note."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField

from tutoring.policy.rooms.helper_notes import MAX_NOTE_CHARS
from tutoring.web.forms import Form

_BOX = {"rows": 4, "maxlength": MAX_NOTE_CHARS}


class NoteForm(Form):
    """The two texts of a note; the command checks them."""

    version = HiddenField()
    worked = TextAreaField(
        _l("Điều đã giúp được"), description=_l("Ví dụ: chỉ bằng hình thì hiểu nhanh hơn đọc chữ."), render_kw=_BOX
    )
    next_time = TextAreaField(
        _l("Lần tới làm gì"), description=_l("Ví dụ: ôn lại cách chụp màn hình, rồi sang bài 3."), render_kw=_BOX
    )
