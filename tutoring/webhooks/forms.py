"""The form of a new webhook."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, StringField

from tutoring.accounts.validators import choice
from tutoring.policy.webhooks import LONGEST_ADDRESS
from tutoring.web.forms import Form
from tutoring.webhooks.labels import KIND_WORDS


class WebhookForm(Form):
    """Where events are posted, and which."""

    url = StringField(
        _l("Địa chỉ nhận tin"),
        description=_l("Bắt đầu bằng https://. Người viết chương trình cho bạn biết địa chỉ này."),
        render_kw={"inputmode": "url", "autocomplete": "off", "maxlength": LONGEST_ADDRESS},
    )
    kinds = SelectMultipleField(_l("Báo những việc nào"), validate_choice=False)

    def offer(self, kinds: tuple[str, ...]) -> None:
        """Offers the events that the user may connect."""
        self.kinds.choices = [choice(one, _l(KIND_WORDS[one])) for one in kinds]
