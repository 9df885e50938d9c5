"""My circles, the topics of one, a new topic; and the ways there from the pages of units and rooms."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.fields import option
from tutoring.accounts.models import User
from tutoring.accounts.pages import form_page
from tutoring.circles import commands, queries
from tutoring.circles.forms import TopicForm
from tutoring.circles.places import Circle, circle_of, circles_of
from tutoring.circles.queries import Wanted
from tutoring.circles.routes import blueprint
from tutoring.community.models import Unit
from tutoring.community.panels import on_unit_page
from tutoring.kernel import limits
from tutoring.kernel.errors import Missing, Refusal
from tutoring.lessons import queries as lessons
from tutoring.policy.circles import KINDS, Facts, may_enter
from tutoring.rooms import lasting
from tutoring.safety.free_text import listen
from tutoring.web.i18n import language
from tutoring.web.signin import me

FAMILY_PATH = "cha-me-cung-con"  # the lessons that parents and children take together


@blueprint.get("/circles")
def index() -> str:
    units = circles_of(me())
    return render_template("circles/index.html", units=units, counts=queries.counts([unit.id for unit in units]))


def _before() -> tuple[datetime, int] | None:
    """Below which topic the page begins, as the link to it says."""
    at, _comma, number = request.args.get("before", "").partition(",")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(number)) if moment.tzinfo is not None else None
    except ValueError:
        return None


def _wanted(typed: str) -> Wanted:
    show = request.args.get("show", "")
    return Wanted(
        words=queries.words_of(typed),
        only=show if show in ("unanswered", "mine") else "",
        lesson=request.args.get("lesson", "")[:80],
        before=_before(),
    )


@blueprint.get("/circles/<int:unit_id>")
def circle(unit_id: int) -> str:
    here, typed = circle_of(me(), unit_id), request.args.get("q", "").strip()[: queries.LONGEST]
    if typed:
        limits.hit("search", me().id)
    wanted = _wanted(typed)
    asked_about, found = queries.lessons_asked_about(me(), here), queries.topics(me(), here, wanted)
    return render_template(
        "circles/circle.html",
        circle=here,
        wanted=wanted,
        typed=typed,
        found=found,
        pieces=queries.pieces(found.items, wanted.words),
        lessons=lessons.titles(asked_about, language()),
        room=lasting.open_in(unit_id).get("circle"),
        family=lessons.teach_back_of(FAMILY_PATH, me().id, language()) if here.guards else [],
    )


def lesson_choices(form: TopicForm) -> None:
    """Every lesson, the ones for families first."""
    paths = sorted(lessons.paths(language()), key=lambda path: path.slug != FAMILY_PATH)
    rows = [option(one.slug, f"{path.title}: {one.title}") for path in paths for one in path.lessons]
    form.lesson.choices = [option("", gettext("Không về bài nào")), *rows]


@blueprint.route("/circles/<int:unit_id>/ask", methods=["GET", "POST"])
def ask(unit_id: int) -> Response:
    here, form, refusal = circle_of(me(), unit_id), TopicForm(), None
    lesson_choices(form)
    if not form.is_submitted():
        form.lesson.data = request.args.get("lesson", "")
    alike = []
    if form.validate_on_submit():
        listen(f"{form.title.data or ''}. {form.text.data or ''}")
        alike = queries.similar(me(), here, form.title.data or "") if not form.sure.data else []
        try:
            if not alike:
                made = commands.ask(me(), unit_id, form.title.data or "", form.text.data or "", form.lesson.data)
                flash(gettext("Đã gửi câu hỏi. Có người trả lời thì bạn được báo."), "ok")
                return redirect(url_for("circles.topic", unit_id=unit_id, topic_id=made.id))
        except Missing:
            raise
        except Refusal as caught:
            refusal, here = caught, circle_of(me(), unit_id)
    return form_page("circles/ask.html", form, refusal, circle=here, alike=alike)


# ---- ways there ------------------------------------------------------------------------------------------------


def _of_unit(_person: User, unit: Unit, held: frozenset[str]) -> dict[str, object]:
    may = unit.kind in KINDS and may_enter(Facts(False, held))
    return {"unit": unit, "may": may, "unanswered": queries.unanswered(unit.id) if may else 0}


on_unit_page("circles/_of_unit.html", _of_unit)


def circle_name(here: Circle | Unit) -> str:
    """What a circle is called."""
    unit = here if isinstance(here, Unit) else here.unit
    return str(gettext("Vòng tròn phụ huynh %(unit)s", unit=unit.name))


blueprint.add_app_template_global(circle_name)
