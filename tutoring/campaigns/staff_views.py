"""Staff pages of campaigns: those of a unit, writing, publishing, results, closing."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.hooks import Panel
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import absolute_url, render_form
from tutoring.accounts.validators import choice as option
from tutoring.campaigns import commands, queries
from tutoring.campaigns.blueprint import blueprint
from tutoring.campaigns.forms import CampaignForm, PlainForm
from tutoring.campaigns.labels import COUNT_WORDS, KIND_WORDS, STATE_WORDS, progress_of
from tutoring.campaigns.models import Campaign, Material
from tutoring.community.hooks import unit_panels
from tutoring.community.models import Unit
from tutoring.community.queries import roles_for, unit
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from tutoring.kernel.paging import Numbered
from tutoring.kernel.text import N_
from tutoring.policy import campaigns as policy
from tutoring.policy.disclosure_control import suppress_small_count
from tutoring.web.auth import require_user
from tutoring.web.forms import parse_day
from tutoring.web.i18n import translate_error
from tutoring.web.tables import table as tables
from tutoring.web.urls import parse_int


def _unit(unit_id: int) -> Unit:
    """Returns a unit whose campaigns this user may write; raises NotFound."""
    place = unit(unit_id)
    if not policy.may_write_campaign(roles_for(require_user(), unit_id)):
        raise NotFound
    return place


@blueprint.get("/units/<int:unit_id>/campaigns")
def of_unit(unit_id: int) -> str:
    place = _unit(unit_id)
    return render_template(
        "campaigns/of_unit.html",
        unit=place,
        found=queries.of_unit(unit_id, request.args.get("before", type=parse_int)),
        others=[one for one in queries.taken_part_in(unit_id) if one.unit_id != unit_id],
        drafts=[one for one in queries.drafts_below(unit_id) if one.unit_id != unit_id],
        states=STATE_WORDS,
    )


def _form(unit_id: int, found: Campaign | None = None) -> CampaignForm:
    form = CampaignForm()
    choice = queries.places_to_choose(unit_id)
    form.units.choices = [option(str(one.id), one.name) for one in choice.units]
    form.partners.choices = [option(str(one.id), one.name) for one in choice.partners]
    codes = queries.codes_to_choose(unit_id)
    form.join_code.choices = [
        option("", gettext("Chưa gắn mã")),
        *(option(str(one.id), f"{one.unit.name} · {one.code[:4]}-{one.code[4:]}") for one in codes),
    ]
    if found is not None:
        form.begin(**_typed_before(found))
    elif not form.is_submitted():
        form.starts_on.data = clock.today().isoformat()
    return form


def _typed_before(found: Campaign) -> dict[str, object]:
    places = queries.places_of(found.id)
    return {
        "title": found.title, "summary": found.summary, "counts": found.counts, "goal": str(found.goal),
        "starts_on": found.starts_on.isoformat(), "ends_on": found.ends_on.isoformat(),
        "units": [str(one.id) for one in places.units if one.id != found.unit_id],
        "partners": [str(one.id) for one in places.partners],
        "join_code": str(found.join_code_id or ""),
    }  # fmt: skip


def _plan(form: CampaignForm) -> commands.Plan:
    return commands.Plan(
        title=form.title.data or "",
        summary=form.summary.data or "",
        counts=form.counts.data,
        goal=int(form.goal.data or 0),
        starts_on=parse_day(form["starts_on"].data, "starts_on"),
        ends_on=parse_day(form["ends_on"].data, "ends_on"),
        units=tuple(map(int, form.units.data or ())),
        partners=tuple(map(int, form.partners.data or ())),
        join_code_id=int(form.join_code.data) if form.join_code.data else None,
    )


@blueprint.route("/units/<int:unit_id>/campaigns/new", methods=["GET", "POST"])
def new(unit_id: int) -> Response:
    place = _unit(unit_id)
    form, refusal = _form(unit_id), None
    if form.validate_on_submit():
        try:
            made = commands.write_campaign(require_user(), unit_id, _plan(form))
            flash(gettext("Đã lưu bản nháp. Làm tờ dán, lời loa rồi công bố."), "ok")
            return redirect(url_for("campaigns.manage", campaign_id=made.id))
        except DomainError as caught:
            refusal = caught
    return render_form("campaigns/form.html", form, refusal, unit=place, campaign=None)


@blueprint.route("/campaigns/<int:campaign_id>/edit", methods=["GET", "POST"])
def edit(campaign_id: int) -> Response:
    found, roles = queries.campaign(require_user(), campaign_id)
    if not policy.may_change_campaign(roles, found.state):
        raise Forbidden
    form, refusal = _form(found.unit_id, found), None
    if form.validate_on_submit():
        try:
            commands.change_campaign(require_user(), campaign_id, _plan(form))
            flash(gettext("Đã lưu."), "ok")
            return redirect(url_for("campaigns.manage", campaign_id=campaign_id))
        except DomainError as caught:
            refusal = caught
    return render_form("campaigns/form.html", form, refusal, unit=found.unit, campaign=found)


@dataclass(frozen=True)
class MaterialLine:
    """A material and how often its address was opened."""

    row: Material
    opened: queries.Scans


def few(count: int) -> str:
    """Says a count as `suppress_small_count` shows it."""
    told = suppress_small_count(count, count)
    return str(gettext("dưới 10") if told is None else gettext("từ %(num)s", num=told))


MATERIAL_COLUMNS = (
    tables.Column("title", N_("Tờ"), lambda line: line.row.title),
    tables.Column("kind", N_("Loại"), lambda line: gettext(KIND_WORDS[line.row.kind])),
    tables.Column("code", N_("Địa chỉ ngắn"), lambda line: f"/c/{line.row.code}"),
    tables.Column("scans", N_("Lượt mở"), lambda line: few(line.opened.all), number=True),
    tables.Column("week", N_("7 ngày qua"), lambda line: few(line.opened.week), number=True),
    tables.Column("came", N_("Người đến"), lambda line: few(line.row.came), number=True),
    tables.Column("counted", N_("Được tính"), lambda line: few(line.row.counted), number=True),
)


def _materials(campaign_id: int) -> tables.Table:
    wanted = tables.wanted(queries.MATERIAL_ORDERS, "made", kind=KIND_WORDS)
    found = queries.material_table(campaign_id, wanted)
    scans = queries.scans_of(one.id for one in found.items)
    lines = [MaterialLine(one, scans.get(one.id, queries.Scans())) for one in found.items]
    kinds = {"": gettext("Tất cả"), **{kind: gettext(label) for kind, label in KIND_WORDS.items()}}
    return tables.Table(
        MATERIAL_COLUMNS, queries.MATERIAL_ORDERS, wanted,
        Numbered(lines, found.more, found.total, found.number, found.size),
        [tables.Filter("kind", gettext("Loại"), kinds)],
    )  # fmt: skip


@blueprint.get("/campaigns/<int:campaign_id>/manage")
def manage(campaign_id: int) -> Response | str:
    found, roles = queries.campaign(require_user(), campaign_id)
    table = _materials(campaign_id)
    if tables.asks_for_file():
        return table.file("to-cua-chien-dich")
    own = found.written_by_id == require_user().id
    others = own and queries.has_other_publisher(found.unit_id, require_user().id)
    return render_template(
        "campaigns/manage.html",
        campaign=found,
        progress=progress_of(found, clock.today()),
        places=queries.places_of(campaign_id),
        table=table,
        few=few,
        word=gettext(COUNT_WORDS[found.counts]),
        states=STATE_WORDS,
        kinds=KIND_WORDS,
        here=absolute_url(url_for("campaigns.show", code=found.code)),
        may_publish=found.state == "draft" and policy.may_publish_campaign(roles, own, others),
        waits_for_another=found.state == "draft" and own and others,
        may_change=policy.may_change_campaign(roles, found.state),
        may_end=policy.may_end_campaign(roles, found.state),
        form=PlainForm(formdata=None),
    )


@blueprint.post("/campaigns/<int:campaign_id>/publish")
def publish(campaign_id: int) -> Response:
    try:
        commands.publish_campaign(require_user(), campaign_id)
        flash(gettext("Đã công bố. Ai cũng xem được trang chiến dịch, và mọi người bắt đầu được tính."), "ok")
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("campaigns.manage", campaign_id=campaign_id))


@blueprint.route("/campaigns/<int:campaign_id>/close", methods=["GET", "POST"])
def close(campaign_id: int) -> Response | str:
    found, roles = queries.campaign(require_user(), campaign_id)
    if not policy.may_end_campaign(roles, found.state):
        raise Forbidden
    form, unit_id = PlainForm(), found.unit_id
    if not form.validate_on_submit():
        return render_template("campaigns/close.html", form=form, campaign=found)
    if commands.close_campaign(require_user(), campaign_id) is None:
        flash(gettext("Đã bỏ bản nháp."), "ok")
        return redirect(url_for("campaigns.of_unit", unit_id=unit_id))
    flash(gettext("Đã kết thúc chiến dịch. Trang vẫn xem được, không tính thêm ai."), "ok")
    return redirect(url_for("campaigns.manage", campaign_id=campaign_id))


# ---- unit page ------------------------------------------------------------------------------------------------


@unit_panels.register
def _of_unit(tab: str, _person: User, place: Unit, roles: frozenset[str]) -> Panel | None:
    if tab != "classes":
        return None
    return Panel(
        "campaigns/_of_unit.html",
        {
            "campaigns": queries.taken_part_in(place.id),
            "progress": lambda one: progress_of(one, clock.today()),
            "unit": place,
            "may_write": policy.may_write_campaign(roles),
            "drafts": queries.drafts_below(place.id) if policy.may_write_campaign(roles) else [],
        },
    )
