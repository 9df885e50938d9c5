"""Two buttons: "I have handed in a real dossier", and back again on the same day."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.practice import filing as first_dossiers
from tutoring.practice.routes import blueprint
from tutoring.web.signin import me


@blueprint.post("/notebook/first-dossier")
def first_dossier() -> Response:
    if request.form.get("said") == "no":
        first_dossiers.take_back_first_dossier(me())
        flash(gettext("Đã rút lại. Khi nào nộp thật, bạn bấm lại nhé."), "ok")
    else:
        first_dossiers.say_first_dossier(me())
        flash(gettext("Chúc mừng bạn! Hồ sơ thật đầu tiên đã được đếm."), "ok")
    return redirect(url_for("practice.notebook", _anchor="first"))
