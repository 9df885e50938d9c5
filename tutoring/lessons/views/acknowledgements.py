"""The "Giấy ghi nhận" of a path: its holder's page, and the public page behind its QR code."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel import limits
from tutoring.kernel.errors import Invalid
from tutoring.lessons import commands, media, queries
from tutoring.lessons.forms import ShownForm
from tutoring.lessons.views.blueprint import blueprint
from tutoring.policy.lessons import may_show_name
from tutoring.web.i18n import language
from tutoring.web.signin import me


@blueprint.route("/lessons/paths/<path>/acknowledgement", methods=["GET", "POST"])
def acknowledgement(path: str) -> Response | str:
    row = queries.acknowledgement(me().id, path)
    # Whoever has a paper keeps the say over it when its path has left the bank.
    text = queries.any_path(path, language()) if row else queries.path(path, language())
    if request.method == "POST":
        limits.hit("act", me().id)
        flash(_act(path, request.form.get("act", "")), "ok")
        return redirect(url_for("lessons.acknowledgement", path=path))
    progress = queries.progress_of(me().id)
    address = url_for("lessons.acknowledged", code=row.code, _external=True) if row else ""
    return render_template(
        "lessons/acknowledgement.html",
        path=text,
        left=queries.lessons_left(text, progress),
        row=row,
        newer=row is not None and row.lessons != queries.lessons_reached(text, progress),
        paper=queries.paper(row, me(), language()) if row else None,
        address=address,
        qr=media.qr(address) if row else "",
        form=ShownForm(formdata=None, shown=row.shown if row else "nothing").named(me()),
        chooses=may_show_name(me().kind, me().is_minor),
    )


def _act(path: str, act: str) -> str:
    """Do what the button said; what to tell about it."""
    match act:
        case "issue":
            commands.acknowledge(me(), path)
            return str(gettext("Giấy ghi nhận đã sẵn sàng."))
        case "show":
            commands.show_on_acknowledgement(me(), path, request.form.get("shown", ""))
            return str(gettext("Đã ghi lựa chọn của bạn."))
        case "withdraw":
            commands.withdraw_acknowledgement(me(), path)
            return str(gettext("Đã thu hồi. Mã trên giấy không còn mở được trang nào."))
        case "reopen":
            commands.reopen_acknowledgement(me(), path)
            return str(gettext("Đã mở lại. Mã trên giấy lại dùng được."))
    raise Invalid


@blueprint.get("/acknowledgements/<code>")
def acknowledged(code: str) -> Response:
    limits.hit("acknowledgement", request.remote_addr)
    response = make_response(render_template("lessons/acknowledged.html", paper=queries.public_paper(code, language())))
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
