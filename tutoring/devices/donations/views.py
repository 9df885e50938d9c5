"""Pages of offers: give or lend a device, and read what became of it."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import absolute_url, client_address, render_form, svg
from tutoring.community.models import Unit
from tutoring.devices import labels as words
from tutoring.devices.blueprint import blueprint
from tutoring.devices.donations import commands as pictures
from tutoring.devices.donations import queries
from tutoring.devices.donations.forms import AcceptOfferForm, AnswerOfferForm, OfferForm
from tutoring.devices.donations.queries import gathered
from tutoring.devices.inventory import queries as inventory_queries
from tutoring.devices.loans.queries import thanks_for_offer
from tutoring.devices.models import DeviceOffer
from tutoring.kernel import clock, file_storage, rate_limits
from tutoring.kernel.errors import DomainError, Forbidden, InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.policy.devices import inventory as policy
from tutoring.safety.image_sanitizer import LARGEST_INPUT
from tutoring.web import i18n
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.security import as_picture, as_unlisted, takes_files
from tutoring.web.urls import parse_int

_SPEAKS: dict[str, Any] = {"words": words, "gathered": gathered}  # template variables of all pages that show stories


@blueprint.get("/devices")
def index() -> str:
    person = require_user()
    page = queries.of_donor(person.id, request.args.get("before", type=parse_int))
    machines = [device for row in page.items for device in row.devices]
    return render_template(
        "devices/donations/index.html", page=page, stories=queries.stories(machines), may_offer=not person.is_minor,
        belongs=bool(queries.wards_for(person)), **_SPEAKS,
    )  # fmt: skip


# ---- new offers -----------------------------------------------------------------------------------------------


@blueprint.route("/devices/offers/new", methods=["GET", "POST"])
def new_offer() -> Response:
    person = require_user()
    if person.is_minor:
        raise NotFound
    wards = queries.wards_for(person)
    if not wards:
        raise Forbidden(N_("Bạn chưa thuộc phường, xã nào. Hãy nhập mã tham gia trước, rồi tặng máy."))
    form = OfferForm()
    del form.donor_name
    form.unit.choices = [SelectChoice(ward.id, ward.name) for ward in wards]
    if not form.is_submitted() or len(wards) == 1:
        form.unit.data = wards[0].id
    return _offer_page(person, form, wards, lambda: form.unit.data)


@blueprint.route("/units/<int:unit_id>/devices/offers/new", methods=["GET", "POST"])
def offer_for(unit_id: int) -> Response:
    """The offer form for staff who record the offer of a donor without an account."""
    ward = inventory_queries.store(require_user(), unit_id)
    form = OfferForm()
    del form.unit
    return _offer_page(require_user(), form, [ward], lambda: ward.id)


def _offer_page(person: User, form: OfferForm, wards: list[Unit], chosen: Callable[[], int]) -> Response:
    refusal = None
    if not form.is_submitted():
        form.count.data = "1"
    if form.validate_on_submit():
        try:
            row = pictures.offer_devices(person, chosen(), _wanted(form))
            flash(gettext("Đã gửi. Nếu có ảnh máy, hãy thêm ở dưới; phường sẽ trả lời bạn tại đây."), "ok")
            return redirect(url_for("devices.offer", offer_id=row.id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return render_form("devices/donations/new_offer.html", form, refusal, wards=wards, by_staff="donor_name" in form)


def _wanted(form: OfferForm) -> pictures.NewOffer:
    until = None
    if form.terms.data == "loan" and form.lend_until.data:
        try:
            until = date.fromisoformat(form.lend_until.data)
        except ValueError:
            raise InvalidInput(N_("Hãy chọn ngày trong lịch."), field="lend_until") from None
    return pictures.NewOffer(
        form.kind.data, form.terms.data, until, int(form.count.data or 0), form.condition.data,
        form.missing.data or (), form.words.data or "", form.donor_name.data or "" if "donor_name" in form else "",
    )  # fmt: skip


# ---- an offer -------------------------------------------------------------------------------------------------


@blueprint.get("/devices/offers/<int:offer_id>")
def offer(offer_id: int) -> Response:
    row, _is_donor, _is_staff = queries.seen(require_user(), offer_id)
    return _page(offer_id, _about(AcceptOfferForm(), row))


Answer = TypeVar("Answer", AcceptOfferForm, AnswerOfferForm)


def _about(form: Answer, row: DeviceOffer) -> Answer:
    """Prefills an answer form with the current state and answer of the offer.

    A colleague who submits later then sees that another one has answered.
    """
    form.begin(state=row.state, answer=row.said)
    return form


def _page(offer_id: int, form: AcceptOfferForm, refusal: DomainError | None = None) -> Response:
    row, is_donor, is_staff = queries.seen(require_user(), offer_id)
    return render_form(
        "devices/donations/offer.html", form, refusal, row=row, is_donor=is_donor, is_staff=is_staff,
        stories=queries.stories(row.devices), pictures=queries.pictures_of(row.id), most=policy.MOST_PICTURES,
        may_add=_may_add(row, is_donor, is_staff), may_withdraw=_may_withdraw(row, is_donor, is_staff), **_SPEAKS,
    )  # fmt: skip


def _may_add(row: DeviceOffer, is_donor: bool, is_staff: bool) -> bool:
    held = policy.STOCK if is_staff else frozenset()
    return policy.may_add_picture(is_donor, row.by_id == require_user().id, held, row.state)


def _may_withdraw(row: DeviceOffer, is_donor: bool, is_staff: bool) -> bool:
    open_ = any(device.state in {"offered", "expected"} for device in row.devices)
    return open_ and (is_donor or (is_staff and row.donor_id is None))


def _done(offer_id: int, act: Callable[[], Any], told: str, anchor: str | None = None) -> Response:
    return run_action(act, told, url_for("devices.offer", offer_id=offer_id, _anchor=anchor))


@blueprint.post("/devices/offers/<int:offer_id>/withdraw")
def withdraw_offer(offer_id: int) -> Response:
    return _done(
        offer_id, lambda: pictures.withdraw_offer(require_user(), offer_id), gettext("Đã rút lại. Máy ở lại với bạn.")
    )


@blueprint.post("/devices/offers/<int:offer_id>/accept")
def accept_offer(offer_id: int) -> Response:
    row, _is_donor, _is_staff = queries.seen(require_user(), offer_id)
    form, refusal = _about(AcceptOfferForm(), row), None
    if form.validate():
        try:
            pictures.accept_offer(require_user(), offer_id, form.said.data or "")
            flash(gettext("Đã đồng ý nhận. Người tặng được báo. Khi máy tới, mở từng máy và bấm Nhận máy."), "ok")
            return redirect(url_for("devices.offer", offer_id=offer_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return _page(offer_id, form, refusal)


@blueprint.route("/devices/offers/<int:offer_id>/decline", methods=["GET", "POST"])
def decline_offer(offer_id: int) -> Response:
    row, _is_donor, is_staff = queries.seen(require_user(), offer_id)
    if not is_staff:
        raise NotFound
    form, refusal = _about(AnswerOfferForm(), row), None
    if form.validate_on_submit():
        try:
            pictures.decline_offer(require_user(), offer_id, form.reason.data or "")
            flash(gettext("Đã trả lời người tặng."), "ok")
            return redirect(url_for("devices.offer", offer_id=offer_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return render_form("devices/donations/decline_offer.html", form, refusal, row=row, words=words)


@blueprint.get("/devices/offers/<int:offer_id>/receipt")
def receipt(offer_id: int) -> str:
    """The printable receipt: where a donor reads what became of the devices. It holds no name."""
    row, _is_donor, _is_staff = queries.seen(require_user(), offer_id)
    here = absolute_url(url_for("devices.story", code=row.story_code))
    return render_template(
        "devices/donations/receipt.html",
        row=row,
        here=here,
        code=svg(here),
        day=i18n.day(clock.local(row.made_at)),
        words=words,
    )


# ---- pictures -------------------------------------------------------------------------------------------------


@blueprint.post("/devices/offers/<int:offer_id>/pictures")
@takes_files(LARGEST_INPUT)
def add_picture(offer_id: int) -> Response:
    sent, faceless = request.files.get("file"), request.form.get("faceless") == "yes"
    data = sent.read() if sent else b""
    return _done(
        offer_id,
        lambda: pictures.add_picture(require_user(), offer_id, data, faceless),
        gettext("Đã thêm ảnh."),
        "pictures",
    )


@blueprint.get("/devices/offers/<int:offer_id>/pictures/<int:picture_id>")
def picture(offer_id: int, picture_id: int) -> Response:
    row, _is_donor, _is_staff = queries.seen(require_user(), offer_id)
    return as_picture(file_storage.read(queries.picture_of(row.id, picture_id).file))


@blueprint.post("/devices/offers/<int:offer_id>/pictures/<int:picture_id>/remove")
def remove_picture(offer_id: int, picture_id: int) -> Response:
    act = lambda: pictures.remove_picture(require_user(), offer_id, picture_id)  # noqa: E731
    return _done(offer_id, act, gettext("Đã bỏ ảnh."), "pictures")


# ---- the story ------------------------------------------------------------------------------------------------


@blueprint.get("/devices/story/<code>")
def story(code: str) -> Response:
    """Shows the holder of a receipt what became of the devices, without names of people."""
    rate_limits.hit("device_story", client_address())
    try:
        row = queries.by_story_code(code)
    except NotFound:
        row = None
    stories = queries.stories(row.devices) if row is not None else {}
    thanks = thanks_for_offer(row.id) if row is not None else []
    page = render_template("devices/donations/device_story.html", row=row, stories=stories, thanks=thanks, **_SPEAKS)
    return as_unlisted(page, 200 if row is not None else 404)
