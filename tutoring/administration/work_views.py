"""What needs a look, the chain of acts checked, failed work tried again or put away, the log of acts."""

from datetime import date
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tutoring.accounts import panels
from tutoring.accounts.queries import find_by_name_typed
from tutoring.administration import commands, queries, words
from tutoring.administration.forms import WhyForm
from tutoring.administration.routes import blueprint, content
from tutoring.kernel import anchors, failed_jobs
from tutoring.kernel.errors import Missing, Refusal
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me

panels.on_account_page("administration/_own_panel.html", lambda _user: {})


@blueprint.get("/admin")
def index() -> str:
    settings = current_app.config["SETTINGS"]
    return render_template(
        "administration/index.html", seen=queries.overview(settings.media, content()), words=words, verdict=None
    )


@blueprint.post("/admin/chain")
def check_chain() -> str:
    verdict, held = anchors.hold(anchors.default_file())
    settings = current_app.config["SETTINGS"]
    return render_template(
        "administration/index.html", seen=queries.overview(settings.media, content()), words=words, verdict=verdict,
        held=held,
    )  # fmt: skip


@blueprint.get("/admin/failed")
def work() -> str:
    return render_template("administration/work.html", groups=failed_jobs.groups())


@blueprint.get("/admin/failed/<kind>")
def work_of_kind(kind: str) -> str:
    error = request.args.get("error", "")
    rows = failed_jobs.of_kind(kind, error)
    if not rows:
        raise Missing
    return render_template(
        "administration/work_of_kind.html", kind=kind, error=error, rows=rows, form=WhyForm(formdata=None)
    )


@blueprint.post("/admin/failed/<kind>/<act>")
def work_act(kind: str, act: str) -> Response:
    error, only = request.form.get("error", ""), request.form.get("only", type=whole)
    try:
        if act == "again":
            num = commands.try_again(me(), kind, error, only)
            done = ngettext("Sẽ làm lại %(num)d việc.", "Sẽ làm lại %(num)d việc.", num)
        elif act == "away":
            num = commands.put_away(me(), kind, error, request.form.get("reason", "")[:300], only)
            done = ngettext("Đã cất %(num)d việc.", "Đã cất %(num)d việc.", num)
        else:
            raise Missing
    except Missing:
        raise
    except Refusal as refusal:
        flash(said(refusal), "bad")
        return redirect(url_for("administration.work_of_kind", kind=kind, error=error))
    flash(done, "ok")
    return redirect(url_for("administration.work"))


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


@blueprint.get("/admin/log")
def log() -> str:
    args, person = request.args, None
    who = args.get("who", "").strip()[:120]
    unknown = False
    if who:
        people = find_by_name_typed(who)
        unknown = len(people) != 1
        person = people[0].id if len(people) == 1 else None
    day = _day(args.get("day", ""))
    wanted = queries.Wanted(
        person, args.get("action", "")[:60], args.get("target", "").strip()[:80], day,
        args.get("before", type=whole),
    )  # fmt: skip
    page = None if unknown else queries.acts(wanted)
    if person is not None:
        commands.note_reading(me(), person)
    return render_template(
        "administration/log.html", page=page, who=who, wanted=wanted, actions=queries.actions(), **_named(page)
    )


def _named(page: Any) -> dict[str, Any]:
    rows = page.items if page else []
    people = {row.actor_id for row in rows if row.actor_id}
    return {"names": queries.usernames(people)}
