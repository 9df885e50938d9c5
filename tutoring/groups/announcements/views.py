"""Pages of announcements: list, create, edit, pin, withdraw, restore."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.groups.access import Place, led_place, place_for
from tutoring.groups.announcements import commands as announcements_commands
from tutoring.groups.announcements import queries as announcements_queries
from tutoring.groups.announcements.commands import CHANGED_MEANWHILE
from tutoring.groups.blueprint import blueprint
from tutoring.groups.forms import PostForm, day_of, version_of
from tutoring.groups.models import GroupPost
from tutoring.kernel.errors import Conflict, DomainError, NotFound
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int


@blueprint.get("/groups/<int:unit_id>/posts")
def posts_page(unit_id: int) -> str:
    place = place_for(require_user(), unit_id)
    before = request.args.get("before", type=parse_int)
    return render_template(
        "groups/announcements/posts.html",
        place=place,
        unit=place.unit,
        found=announcements_queries.all_of(place, before),
        before=before,
    )


@blueprint.route("/groups/<int:unit_id>/posts/new", methods=["GET", "POST"])
def new_post(unit_id: int) -> Response:
    place = led_place(require_user(), unit_id)
    form, refusal = PostForm(), None
    if form.validate_on_submit():
        try:
            made = announcements_commands.write_post(require_user(), unit_id, _written(form))
            flash(gettext("Đã đăng thông báo."), "ok")
            return redirect(url_for("groups.show", unit_id=unit_id, _anchor=f"post-{made.id}"))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
            place = led_place(require_user(), unit_id)  # reload: the rejected command rolled back
    return _post_page(form, refusal, place)


@blueprint.route("/groups/posts/<int:post_id>/edit", methods=["GET", "POST"])
def edit_post(post_id: int) -> Response:
    row = announcements_queries.post(post_id)
    place = led_place(require_user(), row.unit_id)
    form, refusal = PostForm(), None
    form.begin(row)
    if form.validate_on_submit():
        try:
            announcements_commands.change_post(require_user(), post_id, version_of(form), _written(form))
            flash(gettext("Đã lưu."), "ok")
            return redirect(url_for("groups.posts_page", unit_id=place.unit.id, _anchor=f"post-{post_id}"))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, row = caught, announcements_queries.post(post_id)
            place = led_place(require_user(), row.unit_id)
            if refusal.code == CHANGED_MEANWHILE:
                form.version.data = str(row.version)
    return _post_page(form, refusal, place, row)


@blueprint.post("/groups/posts/<int:post_id>/pin")
def pin_post(post_id: int) -> Response:
    on = request.form.get("on", "1") != "0"
    try:
        row = announcements_commands.pin_post(require_user(), post_id, on)
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
        row = announcements_queries.post(post_id)
    else:
        flash(gettext("Đã ghim lên đầu trang.") if on else gettext("Đã bỏ ghim."), "ok")
    return _to_list(row)


@blueprint.post("/groups/posts/<int:post_id>/take-back")
def take_back_post(post_id: int) -> Response:
    row = announcements_commands.withdraw_post(require_user(), post_id)
    flash(gettext("Đã gỡ thông báo. Bấm “Đưa lại” nếu bạn gỡ nhầm."), "ok")
    return _to_list(row)


@blueprint.post("/groups/posts/<int:post_id>/put-back")
def put_back_post(post_id: int) -> Response:
    row = announcements_commands.restore_post(require_user(), post_id)
    flash(gettext("Thông báo đã hiện lại."), "ok")
    return _to_list(row)


def _to_list(row: GroupPost) -> Response:
    return redirect(url_for("groups.posts_page", unit_id=row.unit_id, _anchor=f"post-{row.id}"))


def _written(form: PostForm) -> announcements_commands.PostInput:
    return announcements_commands.PostInput(
        form.title.data or "", form.text.data or "", day_of(form, "until"), bool(form.pinned.data), bool(form.tell.data)
    )


def _post_page(form: PostForm, refusal: DomainError | None, place: Place, row: GroupPost | None = None) -> Response:
    return render_form(
        "groups/announcements/post.html",
        form,
        refusal,
        place=place,
        unit=place.unit,
        row=row,
        newer=row if refusal is not None and refusal.code == CHANGED_MEANWHILE else None,
        may_tell=row is None or (row.told_on is None and row.taken_back_at is None),
        hearers=announcements_queries.count_recipients(place.unit.id, require_user().id),
        told_today=announcements_queries.is_notified_today(place.unit.id),
    )
