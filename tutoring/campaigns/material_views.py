"""Staff pages of materials: create one from a lesson, edit its texts, print it, its PDF."""

from flask import current_app, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import absolute_url, render_form, svg
from tutoring.accounts.validators import choice
from tutoring.campaigns import loudspeaker_text, material_drafts, materials, print_pdf, queries
from tutoring.campaigns.blueprint import blueprint, typed
from tutoring.campaigns.forms import MaterialForm, NewMaterialForm, PlainForm
from tutoring.campaigns.labels import KIND_WORDS, TEXT_WORDS
from tutoring.campaigns.material_card import picture_path
from tutoring.campaigns.models import Material
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from tutoring.policy import campaigns as policy
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error


@blueprint.route("/campaigns/<int:campaign_id>/materials/new", methods=["GET", "POST"])
def new_material(campaign_id: int) -> Response:
    found, roles = queries.campaign(require_user(), campaign_id)
    form, refusal = NewMaterialForm(), None
    form.lesson.choices = [choice("", gettext("Chọn một bài")), *(choice(*one) for one in queries.lessons_to_choose())]
    if form.validate_on_submit():
        try:
            made = materials.make_material(require_user(), campaign_id, form.kind.data, form.lesson.data)
            if policy.may_change_campaign(roles, found.state):
                return redirect(url_for("campaigns.edit_material", material_id=made.id))
            # Only publishers may change a published material; a lead creates the sheet and prints it.
            flash(gettext("Đã làm xong tờ mới, in được ngay. Muốn sửa chữ thì nhờ công chức, điều phối viên."), "ok")
            return redirect(url_for("campaigns.material", material_id=made.id))
        except DomainError as caught:
            refusal = caught
    return render_form("campaigns/new_material.html", form, refusal, campaign=found)


def _facts(found: Material) -> dict[str, object]:
    """Returns the template variables of one material."""
    path = url_for("campaigns.scan", code=found.code)
    return {
        "material": found,
        "campaign": found.campaign,
        "kind": gettext(KIND_WORDS[found.kind]),
        "address": typed(path),
        "link": absolute_url(path),
        "closing": material_drafts.CLOSING,
        "drawing": svg(absolute_url(path)),
        "picture": picture_path(found) if found.kind == "card" else None,
        "seconds": loudspeaker_text.seconds(material_drafts.whole(found.text)),
        "longest": loudspeaker_text.MAX_SECONDS,
        "safe": gettext("Không ai thu tiền. Không đưa mật khẩu, mã OTP cho bất cứ ai."),
        "scan": gettext("Quét mã, hoặc mở địa chỉ:"),
    }


@blueprint.get("/materials/<int:material_id>")
def material(material_id: int) -> str:
    found = queries.material(require_user(), material_id)
    _of, roles = queries.campaign(require_user(), found.campaign_id)
    may_change = policy.may_change_campaign(roles, found.campaign.state)
    return render_template("campaigns/material.html", may_change=may_change, **_facts(found))


@blueprint.route("/materials/<int:material_id>/edit", methods=["GET", "POST"])
def edit_material(material_id: int) -> Response:
    found = queries.material(require_user(), material_id)
    _of, roles = queries.campaign(require_user(), found.campaign_id)
    if not policy.may_change_campaign(roles, found.campaign.state):
        raise Forbidden
    form, refusal = MaterialForm(), None
    form.begin(found)
    form.text.label.text = gettext(TEXT_WORDS[found.kind])
    if form.validate_on_submit():
        words = form.title.data or "", form.text.data or "", form.beware.data or ""
        try:
            materials.change_material(require_user(), material_id, *words)
            flash(gettext("Đã lưu."), "ok")
            return redirect(url_for("campaigns.material", material_id=material_id))
        except DomainError as caught:
            refusal = caught
    return render_form("campaigns/edit_material.html", form, refusal, **_facts(found))


@blueprint.get("/materials/<int:material_id>/paper.pdf")
def paper_file(material_id: int) -> Response:
    found = queries.material(require_user(), material_id)
    make = {"poster": print_pdf.poster, "leaflet": print_pdf.leaflet}.get(found.kind)
    if make is None:
        raise NotFound
    path = url_for("campaigns.scan", code=found.code)
    sheet = print_pdf.Sheet(
        title=found.title,
        steps=tuple(found.text.splitlines()),
        beware=tuple(found.beware.splitlines()),
        campaign=found.campaign.title,
        place=found.campaign.unit.name,
        address=typed(path),
        link=absolute_url(path),
        scan=gettext("Quét mã, hoặc mở địa chỉ:"),
        safe=gettext("Không ai thu tiền. Không đưa mật khẩu, mã OTP cho bất cứ ai."),
        beware_head=gettext("Điều cần nhớ"),
    )
    response = make_response(make(sheet, current_app.config["SETTINGS"].static))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{found.kind}-{found.code}.pdf"'
    return response


@blueprint.route("/materials/<int:material_id>/delete", methods=["GET", "POST"])
def drop_material(material_id: int) -> Response | str:
    found = queries.material(require_user(), material_id)
    form = PlainForm()
    if not form.validate_on_submit():
        return render_template("campaigns/drop_material.html", form=form, **_facts(found))
    try:
        campaign_id = materials.drop_material(require_user(), material_id)
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("campaigns.material", material_id=material_id))
    flash(gettext("Đã bỏ tờ này."), "ok")
    return redirect(url_for("campaigns.manage", campaign_id=campaign_id))
