"""The paper about hours: issued, printed, revoked; and the public page behind its code."""

from datetime import date

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import full_url, qr
from tutoring.kernel import limits
from tutoring.kernel.errors import Invalid, Missing, Refusal
from tutoring.kernel.text import N_
from tutoring.lessons import queries as lessons
from tutoring.pairing import commands, papers
from tutoring.pairing.minutes_views import minutes_page
from tutoring.pairing.paper_models import HoursPaper
from tutoring.pairing.routes import blueprint
from tutoring.web.i18n import said
from tutoring.web.signin import me


@blueprint.post("/helping/papers")
def issue_paper() -> Response:
    try:
        limits.hit("paper", me().id)
        row = commands.issue_paper(me(), _day("from_day"), _day("until_day"))
    except Refusal as refusal:
        return minutes_page(refusal)
    flash(gettext("Giấy đã lập xong. Bạn in được ngay."), "ok")
    return redirect(url_for("pairing.paper", paper_id=row.id))


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise Invalid(N_("Hãy chọn ngày đầu và ngày cuối."), field=name) from None


@blueprint.get("/helping/papers/<int:paper_id>")
def paper(paper_id: int) -> Response:
    return _paper_page(paper_id)


def _paper_page(paper_id: int, refusal: Refusal | None = None) -> Response:
    row = papers.paper_for(me(), paper_id)
    known = papers.state(row)
    own, guardian, _roles = papers.standing_of(me(), row)
    # The code is its holder's to give away; whoever else may end the paper need not have it.
    address = full_url(url_for("pairing.verify", token=row.token)) if own and known == "valid" and row.token else ""
    page = render_template(
        "pairing/paper.html",
        paper=row,
        state=known,
        own=own,
        guardian=guardian,
        topics=_topics(row),
        address=address,
        code=qr(address) if address else "",
        wrong=said(refusal) if refusal else "",
    )
    return make_response(page, refusal.status if refusal else 200)


def _topics(row: HoursPaper) -> list[str]:
    return lessons.skill_names(row.topics, str(get_locale()))


@blueprint.post("/helping/papers/<int:paper_id>/revoke")
def revoke_paper(paper_id: int) -> Response:
    limits.hit("act", me().id)
    try:
        commands.revoke_paper(me(), paper_id, request.form.get("reason", ""))
    except Missing:
        raise
    except Refusal as refusal:
        return _paper_page(paper_id, refusal)
    flash(gettext("Đã thu hồi. Ai quét mã trên giấy sẽ thấy giấy không còn hiệu lực."), "ok")
    return redirect(url_for("pairing.paper", paper_id=paper_id))


@blueprint.get("/verify/<token>")
def verify(token: str) -> Response:
    limits.hit("verify", request.remote_addr or "")
    found = papers.verified(token)
    page = render_template(
        "pairing/verify.html", found=found, paper=found.paper, topics=_topics(found.paper) if found.paper else []
    )
    response = make_response(page, 404 if found.state == "unknown" else 200)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
