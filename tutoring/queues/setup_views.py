"""Pages that set up a queue: hours, services, desks, addresses, and the poster at the door."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import absolute_url, render_form, svg
from tutoring.accounts.validators import choice, minutes
from tutoring.community.labels import hour
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.lessons.catalogue.queries import paths
from tutoring.queues import queries, setup
from tutoring.queues.access import setter_unit
from tutoring.queues.blueprint import blueprint
from tutoring.queues.forms import DeskForm, HoursForm, LimitForm, ServiceForm
from tutoring.queues.labels import days_said, service_label
from tutoring.queues.models import QueueDesk, WalkInQueue
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.forms import Form
from tutoring.web.i18n import language


def _queue(unit_id: int) -> WalkInQueue:
    """Returns the queue in use that this user sets up; raises NotFound."""
    place = setter_unit(require_user(), unit_id)
    found = queries.find_queue(unit_id) if place.has_queue else None
    if found is None:
        raise NotFound
    return found


def _there(unit_id: int, anchor: str | None = None) -> str:
    return url_for("queues.settings", unit_id=unit_id, _anchor=anchor)


@blueprint.post("/units/<int:unit_id>/queue/on")
def switch_on(unit_id: int) -> Response:
    words = gettext("Đã mở hàng chờ. Xem lại giờ, việc và quầy, rồi in tờ dán cửa.")
    setter_unit(require_user(), unit_id)
    return run_action(lambda: setup.switch_on(require_user(), unit_id), words, url_for("queues.work", unit_id=unit_id))


@blueprint.post("/units/<int:unit_id>/queue/drop")
def drop_waiting(unit_id: int) -> Response:
    _queue(unit_id)
    words = gettext("Đã bỏ mọi số đang chờ.")
    work = url_for("queues.work", unit_id=unit_id)
    return run_action(lambda: setup.drop_waiting(require_user(), unit_id), words, work)


@blueprint.post("/units/<int:unit_id>/queue/off")
def switch_off(unit_id: int) -> Response:
    _queue(unit_id)
    words = gettext("Đã tắt hàng chờ. Muốn dùng lại thì bấm Mở hàng chờ.")
    return run_action(lambda: setup.switch_off(require_user(), unit_id), words, url_for("queues.work", unit_id=unit_id))


@blueprint.post("/units/<int:unit_id>/queue/codes")
def renew_codes(unit_id: int) -> Response:
    words = gettext("Đã đổi mã. Tờ dán cửa, màn hình và máy lấy số cần mở lại bằng địa chỉ mới.")
    return run_action(lambda: setup.renew_codes(require_user(), unit_id), words, _there(unit_id, "addresses"))


@blueprint.route("/units/<int:unit_id>/queue/settings", methods=["GET", "POST"])
def settings(unit_id: int) -> Response:
    queue, refusal = _queue(unit_id), None
    form = _hours_form(queue)
    if form.validate_on_submit():
        try:
            opens, closes = minutes(form.opens.data or ""), minutes(form.closes.data or "")
            days = frozenset(int(day) for day in form.weekdays.data or ())
            hours = setup.Hours(opens or 0, closes or 0, days, bool(form.asks_code.data))
            setup.set_hours(require_user(), unit_id, hours)
            flash(gettext("Đã lưu."), "ok")
            return redirect(_there(unit_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return _page(queue, form, refusal)


def _hours_form(queue: WalkInQueue, *, sent: bool = True) -> HoursForm:
    form = HoursForm() if sent else HoursForm(formdata=None)
    days = [str(day) for day in range(7) if queue.weekdays >> day & 1]
    stored = {"opens": hour(queue.opens), "closes": hour(queue.closes), "weekdays": days, "asks_code": queue.asks_code}
    if sent:
        form.begin(**stored)
    else:
        form.process(None, **stored)
    return form


def _page(queue: WalkInQueue, form: Form, refusal: DomainError | None = None) -> Response:
    """The page of settings; `form` is the one that was sent, the others are fresh."""
    unit_id, services, desks = queue.unit_id, queries.services_of(queue.unit_id), queries.desks_of(queue.unit_id)
    forms: dict[str, Any] = {
        "hours": form if isinstance(form, HoursForm) else _hours_form(queue, sent=False),
        "service": form if isinstance(form, ServiceForm) else _service_form(sent=False),
        "desk": form if isinstance(form, DeskForm) else DeskForm(formdata=None),
    }
    return render_form(
        "queues/settings.html", form, refusal, forms=forms, queue=queue, unit=queue.unit, services=services,
        desks=desks, limits=queries.service_ids_by_desk([one.id for one in desks]),
        display=absolute_url(url_for("queues.display", code=queue.display_code)),
        screen=absolute_url(url_for("queues.screen", code=queue.screen_code)),
        door=absolute_url(url_for("queues.door", code=queue.door_code)), unit_id=unit_id,
        lessons=queries.lesson_titles([one.lesson_slug for one in services], language()),
    )  # fmt: skip


# ---- services ---------------------------------------------------------------------------------------------------


def _service_form(*, sent: bool = True) -> ServiceForm:
    form = ServiceForm() if sent else ServiceForm(formdata=None)
    none = [choice("", gettext("Không chọn bài"))]
    offered = {path.title: [choice(one.slug, one.title) for one in path.lessons] for path in paths(language())}
    form.lesson.choices = {gettext("Không chọn"): none} | {title: some for title, some in offered.items() if some}
    return form


@blueprint.post("/units/<int:unit_id>/queue/services")
def add_service(unit_id: int) -> Response:
    queue, form, refusal = _queue(unit_id), _service_form(), None
    if form.validate():
        try:
            told = form.label.data or "", form.picture.data or "", form.lesson.data or ""
            setup.add_service(require_user(), unit_id, *told)
            flash(gettext("Đã thêm."), "ok")
            return redirect(_there(unit_id, "services"))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return _page(queue, form, refusal)


@blueprint.post("/queue-services/<int:service_id>/remove")
def remove_service(service_id: int) -> Response:
    unit_id = setup.find_service(require_user(), service_id).unit_id
    words = gettext("Đã bỏ việc này khỏi danh sách.")
    return run_action(lambda: setup.retire_service(require_user(), service_id), words, _there(unit_id, "services"))


# ---- desks ------------------------------------------------------------------------------------------------------


@blueprint.post("/units/<int:unit_id>/queue/desks")
def add_desk(unit_id: int) -> Response:
    queue, form, refusal = _queue(unit_id), DeskForm(), None
    if form.validate():
        try:
            setup.add_desk(require_user(), unit_id, form.label.data or "")
            flash(gettext("Đã thêm."), "ok")
            return redirect(_there(unit_id, "desks"))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return _page(queue, form, refusal)


@blueprint.route("/queue-desks/<int:desk_id>/services", methods=["GET", "POST"])
def limit_desk(desk_id: int) -> Response:
    desk = _desk(desk_id)
    form, refusal = LimitForm(), None
    services = queries.services_of(desk.unit_id)
    form.services.choices = [choice(str(one.id), service_label(one.label)) for one in services]
    limited = queries.service_ids_by_desk([desk.id]).get(desk.id, frozenset(one.id for one in services))
    form.begin(services=[str(one) for one in sorted(limited)])
    if form.validate_on_submit():
        try:
            wanted = {int(one) for one in form.services.data or () if one.isascii() and one.isdigit() and len(one) < 10}
            setup.limit_desk(require_user(), desk_id, wanted)
            flash(gettext("Đã lưu."), "ok")
            return redirect(_there(desk.unit_id, "desks"))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return render_form("queues/desk.html", form, refusal, desk=desk, unit=setter_unit(require_user(), desk.unit_id))


@blueprint.post("/queue-desks/<int:desk_id>/remove")
def remove_desk(desk_id: int) -> Response:
    unit_id = _desk(desk_id).unit_id
    return run_action(
        lambda: setup.retire_desk(require_user(), desk_id), gettext("Đã bỏ quầy."), _there(unit_id, "desks")
    )


def _desk(desk_id: int) -> QueueDesk:
    return setup.find_desk(require_user(), desk_id)


# ---- poster -----------------------------------------------------------------------------------------------------


@blueprint.get("/units/<int:unit_id>/queue/poster")
def poster(unit_id: int) -> str:
    queue = _queue(unit_id)
    address = absolute_url(url_for("queues.door", code=queue.door_code))
    return render_template(
        "queues/poster.html",
        unit=queue.unit,
        queue=queue,
        address=address,
        drawing=svg(address),
        days=days_said(queue.weekdays),
    )
