"""Rehearsals on a device without a network: what is to be saved, the page that plays, and what comes back, once."""

from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext, ngettext
from jinja2.utils import htmlsafe_json_dumps

from tutoring.kernel import limits
from tutoring.lessons import queries as lessons
from tutoring.lessons.keeping import body
from tutoring.practice import bank, device_commands, keeping, payloads, showing
from tutoring.practice.device_commands import CHANGED, KEPT
from tutoring.practice.fragments import Play
from tutoring.practice.routes import blueprint
from tutoring.practice.words import LEVELS
from tutoring.web.i18n import language
from tutoring.web.security import takes_json
from tutoring.web.signin import me


@blueprint.get("/practice/<scenario>/keep.json")
def keep(scenario: str) -> Response:
    return Response(body(keeping.manifest(bank.scenario(scenario), language())), mimetype="application/json")


@blueprint.get("/practice/<scenario>/offline")
def offline(scenario: str) -> str:
    found, lang = bank.scenario(scenario), language()
    words = keeping.words(found, lang, dict(lessons.topics(lang)))
    data = {"scenario": keeping.told(found, lang), "words": words, "digest": bank.digest(scenario)}
    return render_template(
        "practice/offline.html",
        scenario=found,
        lang=lang,
        data=htmlsafe_json_dumps(data, body),
        blanks=keeping.blanks(found),
        play=Play("", token=False),
        card=showing.card(found, lang),
        modes=showing.modes(),
        levels={name: gettext(said) for name, said in LEVELS.items()},
    )


@blueprint.post("/practice/merge")
@takes_json
def merge() -> dict[str, Any]:
    limits.hit("rehearsed", me().id)
    runs = device_commands.merge_runs(me().id, payloads.read_runs(request.get_json(silent=True)))
    return {"ok": True, "runs": runs, "say": _said(runs.count(KEPT), runs.count(CHANGED))}


def _said(kept: int, changed: int) -> list[str]:
    said = []
    if kept:
        said.append(ngettext("Đã lưu vào tài khoản của bạn: %(num)d lượt luyện.",
                             "Đã lưu vào tài khoản của bạn: %(num)d lượt luyện.", kept))  # fmt: skip
    if changed:
        said.append(gettext("Bài tập đã được sửa sau khi bạn luyện, nên lượt đó không được tính. Mời bạn luyện lại."))
    return said
