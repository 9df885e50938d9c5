"""The parts of the preferences page about push and SMS."""

from typing import Any

from flask import current_app

from tutoring.notifications.channels.push import channel
from tutoring.notifications.channels.push import queries as push_queries
from tutoring.notifications.channels.sms import queries as sms_queries
from tutoring.policy.notifications import may_get_texts
from tutoring.web.auth import require_user


def push_part() -> dict[str, Any]:
    """Returns the values that templates/notifications/channels/_push.html shows."""
    sign_in = require_user().sign_in
    return {
        "ready": bool(channel.public_key()),
        "key": channel.public_key(),
        "shared": sign_in.shared_device,
        "on": push_queries.is_on(sign_in.id),
        "others": len([one for one in push_queries.places_of(require_user().id) if one.sign_in_id != sign_in.id]),
    }


def sms_part() -> dict[str, Any]:
    """Returns the values that templates/notifications/channels/_sms.html shows."""
    person = require_user()
    number = sms_queries.number_of(person.id)
    return {
        "ready": bool(current_app.config["SETTINGS"].sms_url) and may_get_texts(person.is_minor),
        "phone": person.phone,
        "on": sms_queries.is_confirmed(person),
        "asked": bool(number and number.nonce and number.number_mark == person.phone_mark),
        "most": current_app.config["SETTINGS"].sms_per_person,
    }
