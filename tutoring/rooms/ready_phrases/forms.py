"""The form of one ready phrase."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from tutoring.policy.rooms.ready_phrases import MAX_PHRASE_CHARS
from tutoring.web.forms import Form


class PhraseForm(Form):
    """The text of a phrase; the commands check it."""

    text = TextAreaField(
        _l("Câu mẫu"),
        id="phrase-text",  # in a room the composer is #text
        # The blanks are values, because a text to a pupil says "em" in place of "bạn".
        description=_l(
            "Chữ trong ngoặc tự đổi theo người đang học: “%(name)s ơi, %(you)s chờ %(me)s nhé” thành “em Minh ơi, "
            "em chờ cô nhé”.",
            you="{bạn}", name="{tên}", me="{mình}",
        ),
        render_kw={"rows": 3, "maxlength": MAX_PHRASE_CHARS},
    )  # fmt: skip
