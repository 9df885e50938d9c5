"""The editors' list of claims to check, and the public page of facts."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel import paging, rate_limits
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.claims import commands as claims_commands
from tutoring.lessons.claims import queries as claims_queries
from tutoring.lessons.proposals.proposal_page import folder, reviews
from tutoring.web import visitor_cache
from tutoring.web.auth import current_roles, require_user
from tutoring.web.i18n import language, translate_error
from tutoring.web.urls import parse_int

PAGE = 20  # claims on one page


@blueprint.get("/lessons/facts")
@visitor_cache.cached_for_visitors
def facts() -> str:
    return render_template("lessons/claims/facts.html", facts=claims_queries.public_facts(folder(), language()))


@blueprint.route("/writing/claims", methods=["GET", "POST"])
def claims() -> Response | tuple[str, int]:
    if not reviews():
        raise NotFound
    status, refused = 200, {}
    number = max(1, request.args.get("page", 1, type=parse_int))
    if request.method == "POST":
        rate_limits.hit("act", require_user().id)
        key = request.form.get("claim", "")
        try:
            row = claims_commands.check_claim(
                require_user(), current_roles(), folder(), key, request.form.get("wording", ""),
                request.form.get("verdict", ""), request.form.get("note", ""),
                request.form.get("seen", -1, type=parse_int),
            )  # fmt: skip
            if row.claim.startswith(f"{claims_queries.FACT}:"):
                visitor_cache.forget()
                flash(gettext("Đã ghi. Trang các số liệu hiện ngày kiểm tra này."), "ok")
            else:
                flash(gettext("Đã ghi."), "ok")
            return redirect(url_for("lessons.claims", page=number))  # the claim may stand on another page now
        except (InvalidInput, Conflict) as refusal:
            refused, status = {key: translate_error(refusal)}, refusal.status
    found = claims_queries.claims(folder(), language())
    page = render_template(
        "lessons/claims/claims.html",
        claims=paging.part(found, number, PAGE),
        to_check=sum(one.is_open for one in found),
        refused=refused,
        typed=request.form,
    )
    return page, status
