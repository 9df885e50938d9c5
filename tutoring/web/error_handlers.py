"""Error handlers: the one place that turns errors into a page or into JSON."""

import logging
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from flask import Flask, current_app, g, jsonify, redirect, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from tutoring.kernel import logs
from tutoring.kernel.database import timeouts
from tutoring.kernel.db import is_retryable, is_timeout
from tutoring.kernel.errors import DomainError
from tutoring.kernel.monitoring import correlation
from tutoring.kernel.text import N_, address_parts
from tutoring.web.api import problems
from tutoring.web.i18n import language, translate_error
from tutoring.web.urls import safe_redirect_target

log = logging.getLogger(__name__)

TITLES = {
    400: N_("Có gì đó chưa đúng"),
    401: N_("Bạn cần đăng nhập"),
    403: N_("Bạn không có quyền làm việc này"),
    404: N_("Không tìm thấy trang"),
    405: N_("Cách gửi này không dùng được ở đây"),
    409: N_("Việc này vừa thay đổi"),
    413: N_("Nội dung gửi lên quá lớn"),
    422: N_("Thông tin chưa đúng"),
    429: N_("Bấm nhanh quá"),
    500: N_("Máy chủ gặp lỗi"),
    503: N_("Máy chủ đang bận"),
}
SAYS = {
    400: N_("Hãy quay lại trang trước, tải lại rồi thử lần nữa."),
    404: N_("Trang này không có, hoặc bạn không có quyền xem. Hãy kiểm tra lại địa chỉ, hoặc về trang đầu."),
    405: N_("Hãy quay lại trang trước và dùng nút trên trang."),
    413: N_("Hãy gửi nội dung ngắn hơn hoặc tệp nhỏ hơn."),
    415: N_("Hãy gửi JSON, với đầu mục Content-Type: application/json."),
    500: N_("Lỗi đã được ghi lại. Hãy chờ một phút rồi thử lại."),
    503: N_("Nhiều người đang dùng cùng lúc nên việc này chưa được ghi lại. Hãy chờ vài giây rồi thử lại."),
}
SILENT = N_(
    "Máy chủ trả lời chậm quá. Hãy chờ vài giây, tải lại trang và xem việc vừa làm đã có chưa trước khi thử lại."
)


def wants_json() -> bool:
    """Whether the client asked for JSON rather than for a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json" and request.accept_mimetypes["application/json"] > 0


_NOTED = frozenset({403, 429})  # logged: a forbidden action, or far too many requests


def _person() -> int | None:
    """Returns the current user's id if it is already loaded; costs no query."""
    user = g.get("_login_user")
    state = sa.inspect(user, raiseerr=False)  # before the user is asked anything: an expired one would be read anew
    return user.id if state is not None and not state.expired and user.is_authenticated else None


def as_json(refusal: DomainError) -> dict[str, Any]:
    """Serializes a domain error as the room protocol defines it."""
    answer: dict[str, Any] = {"ok": False, "error": refusal.code, "say": translate_error(refusal)}
    if refusal.retry_after is not None:
        answer["retry_after"] = refusal.retry_after
    return answer


def _back() -> str:
    """Returns the page that sent the form, to continue there; empty when it is not ours."""
    sent_from = address_parts(request.referrer or "")
    if request.method == "GET" or sent_from.netloc != request.host:
        return ""
    return safe_redirect_target(sent_from.path + (f"?{sent_from.query}" if sent_from.query else ""), "")


def _page(status: int, say: str, bare: bool = False) -> tuple[str, int]:
    title = gettext(TITLES.get(status, TITLES[500 if status > 499 else 400]))
    if bare or status > 499:
        # Without the layout of other pages: it queries the database, which may be what has just failed.
        page = current_app.jinja_env.get_template("web/error.html")
        told = {"code": status, "title": title, "say": say, "back": _back(), "request": request, "locale": language()}
        return page.render(cheap=bare, number=correlation.shown() if status > 499 else "", **told), status
    return render_template("web/error.html", code=status, title=title, say=say, back=_back()), status


def _refused(refusal: DomainError) -> Any:
    if refusal.status in _NOTED:
        logs.event("refused", _person(), why=refusal.code, status=refusal.status)
    if problems.under_api():
        return problems.of_refusal(refusal, translate_error(refusal))
    if wants_json():
        response = jsonify(as_json(refusal))
        response.status_code = refusal.status
    else:
        body, status = _page(refusal.status, translate_error(refusal), getattr(refusal, "bare", False))
        response = Response(body, status, mimetype="text/html")  # type: ignore[assignment]
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _without_slash() -> str | None:
    """Returns the page meant by an address with a trailing slash, or None if there is none."""
    path = request.path.rstrip("/")
    if request.method not in ("GET", "HEAD") or request.endpoint is not None or path in ("", request.path):
        return None
    path = "/" + path.lstrip("/")  # two slashes in front would lead to another host
    if not current_app.url_map.bind("").test(path, "GET"):
        return None
    query = request.query_string.decode("ascii", "replace")
    return quote(path) + (f"?{query}" if query else "")


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    if status == 404 and not problems.under_api() and (meant := _without_slash()) is not None:
        return redirect(meant, 308)
    if isinstance(error, SecurityError):
        logs.event("refused", why="host", status=status)
        # a foreign Host header: no page of ours can be built under it
        return Response("400\n", 400, mimetype="text/plain")
    say = gettext(SAYS.get(status, SAYS[500 if status > 499 else 400]))
    if problems.under_api():
        return problems.of_http(error, say)
    if isinstance(error, CSRFError):
        logs.event("refused", _person(), why="csrf", status=status)
        say = gettext("Trang này để lâu quá nên đã hết hạn. Hãy tải lại trang rồi gửi lại.")
    if wants_json():
        codes = {404: "missing", 413: "too_long"}
        return {"ok": False, "error": codes.get(status, "invalid"), "say": say}, status
    return _page(status, say)


def _is_unreadable(error: Exception) -> bool:
    """Whether the server could not parse the body: a bad chunk or a premature end.

    The server's error classes are not imported, because the server does not exist on every system.
    """
    return type(error).__module__ == "gunicorn.http.errors"


def _crash(error: Exception) -> Any:
    if _is_unreadable(error):
        say = gettext(SAYS[400])
        if problems.under_api():
            return problems.problem(400, say, headers={"Connection": "close"})
        body, status = _page(400, say) if not wants_json() else ({"ok": False, "error": "invalid", "say": say}, 400)
        return body, status, {"Connection": "close"}
    if _person() is None:
        g.pupil = False  # else the page asks the database, which has just failed, whether its reader is a pupil
    busy = is_retryable(error)
    status = 503 if busy or is_timeout(error) else 500
    if status == 503:
        log.warning("the database was %s for too long on %s", "busy" if busy else "silent", request.endpoint)
    else:
        log.exception("unhandled error on %s", request.endpoint)
    say = gettext(SAYS[status] if busy or status == 500 else SILENT)
    if problems.under_api():
        wait = {"Retry-After": "5"} if status == 503 else None
        return problems.problem(status, say, headers=wait, request=correlation.shown())
    if wants_json():
        return {"ok": False, "error": "refused", "say": say, "retry_after": 5, "request": correlation.shown()}, status
    body, status = _page(status, say)
    return body, status, {"Retry-After": "5"} if status == 503 else {}


def _patient(app: Flask) -> None:
    """Limits the database time of every request."""
    inner = app.wsgi_app

    def answer(environ: Any, start_response: Any) -> Any:
        with timeouts.time_budget(timeouts.REQUEST):
            return inner(environ, start_response)

    app.wsgi_app = answer  # type: ignore[method-assign]


def init(app: Flask) -> None:
    """Attaches the handlers."""
    _patient(app)
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(HTTPException, _http)
    if not app.config.get("PROPAGATE_EXCEPTIONS"):
        app.register_error_handler(Exception, _crash)
