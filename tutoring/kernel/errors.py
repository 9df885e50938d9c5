"""Domain errors: the few ways in which a command or query rejects a request.

`say` is a Vietnamese msgid in plain words that tells the user what to do next; the edge translates it.
"""

from typing import Any

from tutoring.kernel.text import N_


class DomainError(Exception):
    """Base of all domain errors; `code` is the machine-readable word of the room protocol."""

    status = 400
    default_code = "invalid"
    default_say = N_("Việc này chưa làm được.")

    def __init__(
        self, say: str = "", *, code: str = "", field: str | None = None, retry_after: int | None = None, **params: Any
    ) -> None:
        self.say = say or self.default_say
        self.code = code or self.default_code
        self.field = field
        self.retry_after = retry_after
        self.params = params
        super().__init__(self.say % params if params else self.say)


class Forbidden(DomainError):
    """The user is known and may not do this."""

    status = 403
    default_code = "refused"
    default_say = N_("Bạn không có quyền làm việc này.")


class NotFound(DomainError):
    """The object does not exist, or the user may not know that it does: the same answer."""

    status = 404
    default_code = "missing"
    default_say = N_("Không tìm thấy, hoặc không có quyền xem.")


class Conflict(DomainError):
    """Another user was faster, or the object is no longer in the required state."""

    status = 409
    default_code = "conflict"
    default_say = N_("Việc này vừa thay đổi. Hãy tải lại trang rồi thử lại.")


class InvalidInput(DomainError):
    """The input is invalid; `field` names the form field where there is one."""

    status = 422
    default_code = "invalid"
    default_say = N_("Thông tin chưa đúng. Hãy xem lại.")


class RateLimited(DomainError):
    """Too many attempts; `retry_after` is in seconds."""

    status = 429
    default_code = "too_many"
    default_say = N_("Bấm nhanh quá. Hãy chờ một chút rồi thử lại.")
    bare = False  # answered without the layout of other pages
