"""Public pages of campaigns: the list, a campaign, a material's address, the share card."""

import re
from typing import Any

from flask import abort, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.accounts.hooks import Panel
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import absolute_url, client_address
from tutoring.campaigns import queries, share_card
from tutoring.campaigns.attribution import NAME, onward
from tutoring.campaigns.blueprint import blueprint
from tutoring.campaigns.labels import COUNT_MEANS, COUNT_WORDS, STEPS, progress_of
from tutoring.campaigns.material_card import card_of_material, picture_path
from tutoring.campaigns.models import Campaign
from tutoring.campaigns.participants import scan as count_scan
from tutoring.community.hooks import group_panels
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.web.security import FOR_EVER
from tutoring.web.urls import parse_int
from tutoring.web.visitor_cache import cached_for_visitors

_PROGRAMMES = re.compile(r"bot\b|crawl|spider|facebookexternalhit|preview", re.IGNORECASE)


@blueprint.get("/campaigns")
def index() -> str:
    found = queries.open_campaigns(request.args.get("before", type=parse_int))
    return render_template("campaigns/index.html", found=found, progress=_progress)


def _progress(campaign: Campaign) -> Any:
    return progress_of(campaign, clock.today())


@blueprint.get("/campaigns/<code>")
@cached_for_visitors
def show(code: str) -> str:
    found = queries.published(code)
    picture = queries.card_of(found.id)
    return render_template(
        "campaigns/show.html",
        campaign=found,
        progress=_progress(found),
        places=queries.places_of(found.id),
        word=gettext(COUNT_WORDS[found.counts]),
        means=gettext(COUNT_MEANS[found.counts]),
        steps=[gettext(step) for step in STEPS[found.counts]],
        came=onward(),
        joins=queries.still_joins(found.join_code),
        joined=current_user.is_authenticated,
        counted=current_user.is_authenticated and queries.is_counted(current_user.id, found.id),
        here=absolute_url(url_for("campaigns.show", code=found.code)),
        picture=absolute_url(picture_path(picture)) if picture else None,
        size=(share_card.WIDE, share_card.HIGH),
    )


def _is_opened_by_person() -> bool:
    """Returns whether a person opened it, not a prefetcher or a link preview bot."""
    ahead = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    return request.method == "GET" and not ahead and not _PROGRAMMES.search(request.user_agent.string)


@blueprint.get("/c/<code>")
def scan(code: str) -> Response:
    """Redirects to the campaign, counts each browser once a day and passes the code on."""
    found = count_scan(code[:12], f"{client_address()} {request.user_agent.string}" if _is_opened_by_person() else "")
    response = redirect(f"{url_for('campaigns.show', code=found.code)}?{NAME}={code.upper()}")
    response.headers["Cache-Control"] = "no-store"
    return response


# ---- share card -----------------------------------------------------------------------------------------------


@blueprint.get("/c/<code>/<digest>.png")
def picture(code: str, digest: str) -> Response:
    material = queries.found_by(code[:12])
    wanted = card_of_material(material) if material.kind == "card" else None
    if wanted is None or wanted.digest != digest:
        abort(404)
    response = make_response(share_card.draw_card(wanted, current_app.config["SETTINGS"].static))
    response.headers["Content-Type"] = "image/png"
    response.headers["Cache-Control"] = FOR_EVER
    return response


# ---- group page -----------------------------------------------------------------------------------------------


@group_panels.register
def _of_group(_person: User | None, unit: Unit, _held: frozenset[str]) -> Panel | None:
    found = queries.taken_part_in(unit.id)
    return Panel("campaigns/_of_group.html", {"campaigns": found, "progress": _progress}) if found else None
