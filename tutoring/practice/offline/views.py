"""Practice on a device without a network: the manifest, the page that plays, the merge."""

from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext, ngettext
from jinja2.utils import htmlsafe_json_dumps

from tutoring.kernel import rate_limits
from tutoring.lessons.offline.manifest import body
from tutoring.lessons.skills import queries as skills_queries
from tutoring.practice import scenarios
from tutoring.practice.blueprint import blueprint
from tutoring.practice.labels import LEVELS
from tutoring.practice.offline import commands as offline_commands
from tutoring.practice.offline import manifest
from tutoring.practice.offline import schemas as offline_schemas
from tutoring.practice.offline.commands import CHANGED, KEPT
from tutoring.practice.screens import screen
from tutoring.practice.screens.rendering import Play
from tutoring.web.auth import require_user
from tutoring.web.i18n import language
from tutoring.web.security import takes_json


@blueprint.get("/practice/<scenario>/keep.json")
def keep(scenario: str) -> Response:
    return Response(body(manifest.manifest(scenarios.scenario(scenario), language())), mimetype="application/json")


@blueprint.get("/practice/<scenario>/offline")
def offline(scenario: str) -> str:
    found, lang = scenarios.scenario(scenario), language()
    words = manifest.words(found, lang, dict(skills_queries.topics(lang)))
    data = {"scenario": manifest.scenario_to_json(found, lang), "words": words, "digest": scenarios.digest(scenario)}
    return render_template(
        "practice/offline/offline.html",
        scenario=found,
        lang=lang,
        data=htmlsafe_json_dumps(data, body),
        blanks=manifest.blanks(found),
        play=Play("", token=False),
        card=screen.card(found, lang),
        modes=screen.modes(),
        levels={name: gettext(said) for name, said in LEVELS.items()},
    )


@blueprint.post("/practice/merge")
@takes_json
def merge() -> dict[str, Any]:
    rate_limits.hit("rehearsed", require_user().id)
    runs = offline_commands.merge_runs(require_user().id, offline_schemas.read_runs(request.get_json(silent=True)))
    return {"ok": True, "runs": runs, "say": _said(runs.count(KEPT), runs.count(CHANGED))}


def _said(kept: int, changed: int) -> list[str]:
    said = []
    if kept:
        said.append(ngettext("Đã lưu vào tài khoản của bạn: %(num)d lượt luyện.",
                             "Đã lưu vào tài khoản của bạn: %(num)d lượt luyện.", kept))  # fmt: skip
    if changed:
        said.append(gettext("Bài tập đã được sửa sau khi bạn luyện, nên lượt đó không được tính. Mời bạn luyện lại."))
    return said
