"""What a device kept of lessons is taken into the account of whoever signs in there."""

from typing import Any

from flask import request
from flask_babel import gettext, ngettext

from tutoring.kernel import limits
from tutoring.lessons import commands, payloads
from tutoring.lessons.views.blueprint import blueprint
from tutoring.web.security import takes_json
from tutoring.web.signin import me


@blueprint.post("/lessons/merge")
@takes_json
def merge() -> dict[str, Any]:
    limits.hit("act", me().id)
    lessons, answers = commands.merge_device(me().id, *payloads.read_device(request.get_json(silent=True)))
    return {"ok": True, "lessons": lessons, "answers": answers, "say": _said(sum(lessons), sum(answers))}


def _said(lessons: int, answers: int) -> str:
    kept = []
    if lessons:
        kept.append(ngettext("%(num)d bài học", "%(num)d bài học", lessons))
    if answers:
        kept.append(ngettext("%(num)d câu trả lời", "%(num)d câu trả lời", answers))
    return gettext("Đã lưu vào tài khoản của bạn: %(kept)s.", kept=", ".join(kept)) if kept else ""
