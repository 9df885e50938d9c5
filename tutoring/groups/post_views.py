"""Announcements: all of them, a new one, one changed, pinned, taken back and put back."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.groups import commands, posts
from tutoring.groups.commands.posts import CHANGED_MEANWHILE
from tutoring.groups.forms import PostForm, day_of, version_of
from tutoring.groups.models import GroupPost
from tutoring.groups.places import Place, led_place, place_for
from tutoring.groups.routes import blueprint
from tutoring.kernel.errors import Conflict, Missing, Refusal
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me


@blueprint.get("/groups/<int:unit_id>/posts")
def posts_page(unit_id: int) -> str:
    place = place_for(me(), unit_id)
    before = request.args.get("before", type=whole)
    return render_template(
        "groups/posts.html", place=place, unit=place.unit, found=posts.all_of(place, before), before=before
    )


@blueprint.route("/groups/<int:unit_id>/posts/new", methods=["GET", "POST"])
def new_post(unit_id: int) -> Response:
    place = led_place(me(), unit_id)
    form, refusal = PostForm(), None
    if form.validate_on_submit():
        try:
            made = commands.write_post(me(), unit_id, _written(form))
            flash(gettext("Đã đăng thông báo."), "ok")
            return redirect(url_for("groups.show", unit_id=unit_id, _anchor=f"post-{made.id}"))
        except Missing:
            raise
        except Refusal as caught:
            refusal = caught
            place = led_place(me(), unit_id)  # the refused command has let it go
    return _post_page(form, refusal, place)


@blueprint.route("/groups/posts/<int:post_id>/edit", methods=["GET", "POST"])
def edit_post(post_id: int) -> Response:
    row = posts.post(post_id)
    place = led_place(me(), row.unit_id)
    form, refusal = PostForm(), None
    form.begin(row)
    if form.validate_on_submit():
        try:
            commands.change_post(me(), post_id, version_of(form), _written(form))
            flash(gettext("Đã lưu."), "ok")
            return redirect(url_for("groups.posts_page", unit_id=place.unit.id, _anchor=f"post-{post_id}"))
        except Missing:
            raise
        except Refusal as caught:
            refusal, row = caught, posts.post(post_id)
            place = led_place(me(), row.unit_id)
            if refusal.code == CHANGED_MEANWHILE:
                form.version.data = str(row.version)
    return _post_page(form, refusal, place, row)


@blueprint.post("/groups/posts/<int:post_id>/pin")
def pin_post(post_id: int) -> Response:
    on = request.form.get("on", "1") != "0"
    try:
        row = commands.pin_post(me(), post_id, on)
    except Conflict as refusal:
        flash(said(refusal), "bad")
        row = posts.post(post_id)
    else:
        flash(gettext("Đã ghim lên đầu trang.") if on else gettext("Đã bỏ ghim."), "ok")
    return _to_list(row)


@blueprint.post("/groups/posts/<int:post_id>/take-back")
def take_back_post(post_id: int) -> Response:
    row = commands.take_back_post(me(), post_id)
    flash(gettext("Đã gỡ thông báo. Bấm “Đưa lại” nếu bạn gỡ nhầm."), "ok")
    return _to_list(row)


@blueprint.post("/groups/posts/<int:post_id>/put-back")
def put_back_post(post_id: int) -> Response:
    row = commands.put_back_post(me(), post_id)
    flash(gettext("Thông báo đã hiện lại."), "ok")
    return _to_list(row)


def _to_list(row: GroupPost) -> Response:
    return redirect(url_for("groups.posts_page", unit_id=row.unit_id, _anchor=f"post-{row.id}"))


def _written(form: PostForm) -> commands.WrittenPost:
    return commands.WrittenPost(
        form.title.data or "", form.text.data or "", day_of(form, "until"), bool(form.pinned.data), bool(form.tell.data)
    )


def _post_page(form: PostForm, refusal: Refusal | None, place: Place, row: GroupPost | None = None) -> Response:
    return form_page(
        "groups/post.html", form, refusal, place=place, unit=place.unit, row=row,
        newer=row if refusal is not None and refusal.code == CHANGED_MEANWHILE else None,
        may_tell=row is None or (row.told_on is None and row.taken_back_at is None),
        hearers=posts.count_hearers(place.unit.id, me().id), told_today=posts.told_today(place.unit.id),
    )  # fmt: skip
