"""Sign-in on a site that runs over plain HTTP in a school's own network (`LOCAL_NETWORK=1`).

Others in such a network can read passwords and messages. Minors sign in there only when a site administrator has
accepted it in writing: the setting `minors_over_http`, whose change needs a reason and stands in the audit chain.
"""

from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.accounts.site_settings import MINORS_OVER_HTTP
from tutoring.kernel import services
from tutoring.kernel.errors import Forbidden
from tutoring.kernel.text import N_
from tutoring.policy.accounts import may_sign_in_over

_REFUSED = N_(
    "Trang này chạy trong mạng trường mà chưa có mã hoá, nên học sinh chưa đăng nhập được. "
    "Em xem bài học không cần đăng nhập; nhờ thầy cô hỏi người quản trị trang."
)


@dataclass(frozen=True)
class Encryption:
    """Whether the connections of an application's visitors are encrypted, or on this computer alone."""

    holds: bool


def check_connection(user: User) -> None:
    """Raises Forbidden for a minor whose passphrase and messages others in the network could read."""
    if not may_sign_in_over(services.current(Encryption).holds, user.is_minor, MINORS_OVER_HTTP()):
        raise Forbidden(_REFUSED)
