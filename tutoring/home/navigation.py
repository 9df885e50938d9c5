"""The main navigation: at most four entries, chosen by what the user may do."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext
from flask_login import current_user

from tutoring.notifications.inbox.queries import unread_count
from tutoring.policy.access import STAFF
from tutoring.web.auth import current_roles

CALM = frozenset({"practice.run", "practice.play"})  # a practice run is undisturbed: no badge beside it
APART = frozenset({"notifications.times", "notifications.made_feed"})  # pages outside every entry of the bar


@dataclass(frozen=True)
class Place:
    """One entry of the navigation."""

    href: str
    label: str
    icon: str
    current: bool
    badge: int = 0


def _place(endpoint: str, label: str, icon: str, badge: int = 0) -> Place:
    feature = endpoint.split(".")[0]
    here = request.endpoint or ""
    within = here.split(".")[0] == feature and feature != "accounts" and here not in APART
    current = here == endpoint or within
    return Place(url_for(endpoint), label, icon, current, badge)


def places() -> list[Place]:
    """Returns the entries for the current user."""
    found = [_place("lessons.index", gettext("Bài học"), "book")]
    if not current_user.is_authenticated:
        return [*found, _place("accounts.sign_in", gettext("Đăng nhập"), "user")]
    if STAFF & current_roles():
        found.append(_place("moderation.board", gettext("Phòng"), "eye"))
    else:
        found.append(_place("pairing.requests", gettext("Giúp nhau"), "hand"))
    unread = 0 if request.endpoint in CALM else unread_count(current_user.id)
    found.append(_place("notifications.inbox", gettext("Thông báo"), "bell", unread))
    found.append(_place("accounts.account", gettext("Tài khoản"), "user"))
    return found
