"""The holder's page and the public page of the certificate ("Giấy ghi nhận") of a path.

The QR code on the certificate leads to the public page.
"""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import InvalidInput
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import media
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.completion_records import commands as completion_records_commands
from tutoring.lessons.completion_records import queries as completion_records_queries
from tutoring.lessons.forms import ShownForm
from tutoring.lessons.progress import queries as progress_queries
from tutoring.policy.lessons import may_show_name
from tutoring.web.auth import require_user
from tutoring.web.i18n import language


@blueprint.route("/lessons/paths/<path>/acknowledgement", methods=["GET", "POST"])
def acknowledgement(path: str) -> Response | str:
    row = completion_records_queries.acknowledgement(require_user().id, path)
    # The holder keeps control of a certificate when its path has left the catalogue.
    text = catalogue_queries.any_path(path, language()) if row else catalogue_queries.path(path, language())
    if request.method == "POST":
        rate_limits.hit("act", require_user().id)
        flash(_act(path, request.form.get("act", "")), "ok")
        return redirect(url_for("lessons.acknowledgement", path=path))
    progress = progress_queries.progress_of(require_user().id)
    address = url_for("lessons.acknowledged", code=row.code, _external=True) if row else ""
    return render_template(
        "lessons/completion_records/acknowledgement.html",
        path=text,
        left=completion_records_queries.list_unfinished_lessons(text, progress),
        row=row,
        newer=row is not None and row.lessons != completion_records_queries.serialize_finished_lessons(text, progress),
        paper=completion_records_queries.build_certificate(row, require_user(), language()) if row else None,
        address=address,
        qr=media.qr(address) if row else "",
        form=ShownForm(formdata=None, shown=row.shown if row else "nothing").named(require_user()),
        chooses=may_show_name(require_user().kind, require_user().is_minor),
    )


def _act(path: str, act: str) -> str:
    """Runs the action of the button; returns the message for the user."""
    match act:
        case "issue":
            completion_records_commands.acknowledge(require_user(), path)
            return str(gettext("Giấy ghi nhận đã sẵn sàng."))
        case "show":
            completion_records_commands.show_on_acknowledgement(require_user(), path, request.form.get("shown", ""))
            return str(gettext("Đã ghi lựa chọn của bạn."))
        case "withdraw":
            completion_records_commands.withdraw_acknowledgement(require_user(), path)
            return str(gettext("Đã thu hồi. Mã trên giấy không còn mở được trang nào."))
        case "reopen":
            completion_records_commands.reopen_acknowledgement(require_user(), path)
            return str(gettext("Đã mở lại. Mã trên giấy lại dùng được."))
    raise InvalidInput


@blueprint.get("/acknowledgements/<code>")
def acknowledged(code: str) -> Response:
    rate_limits.hit("acknowledgement", request.remote_addr)
    response = make_response(
        render_template(
            "lessons/completion_records/acknowledged.html",
            paper=completion_records_queries.get_public_certificate(code, language()),
        )
    )
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
