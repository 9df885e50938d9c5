"""The page of a unit's letterhead."""

from flask import flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.community import queries as community
from tutoring.community.blueprint import blueprint
from tutoring.community.papers.commands import set_letterhead
from tutoring.community.papers.forms import LetterheadForm
from tutoring.community.papers.models import LONGEST
from tutoring.community.papers.queries import letterhead as stored_letterhead
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.policy.community import may_set_letterhead
from tutoring.web.auth import require_user


@blueprint.route("/units/<int:unit_id>/letterhead", methods=["GET", "POST"])
def letterhead(unit_id: int) -> Response | str:
    place = community.unit(unit_id)
    if not may_set_letterhead(community.roles_for(require_user(), unit_id)):
        raise NotFound
    stored = stored_letterhead(unit_id)
    form = LetterheadForm()
    form.begin(**{name: getattr(stored, name) for name in LONGEST})
    refusal = None
    if form.is_submitted() and form.validate():
        try:
            set_letterhead(require_user(), unit_id, {name: form[name].data or "" for name in LONGEST})
            flash(gettext("Đã lưu đầu văn bản. Giấy in từ nay theo bản này."), "ok")
            return redirect(url_for("community.unit_settings", unit_id=unit_id, _anchor="letterhead-title"))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return render_form("community/papers/letterhead.html", form, refusal, unit=place, title=gettext("Đầu văn bản"))
