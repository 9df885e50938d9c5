"""`flask content …`: check, load and report on lessons and scenarios.

Other commands create new lessons and scenarios and write the JSON Schemas of the format.
"""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, ScriptInfo, with_appcontext
from pydantic import BaseModel

from tutoring.config import ROOT
from tutoring.home.help import loader as help_pages
from tutoring.kernel import clock
from tutoring.lessons.catalogue import loader
from tutoring.lessons.catalogue.media import SHEET
from tutoring.lessons.claims import queries as claims_queries
from tutoring.lessons.content import SOURCE_FILE, facts_export
from tutoring.lessons.content import load as read
from tutoring.lessons.content import published_texts as content_published_texts
from tutoring.lessons.content.editor_report import report as to_see_to
from tutoring.lessons.content.json_schemas import MODELS, write_schemas
from tutoring.lessons.content.lesson_template import lay_out
from tutoring.lessons.content.schema import SLUG
from tutoring.lessons.content.screens import gallery as lesson_gallery
from tutoring.lessons.content.style.check import CODES as STYLE
from tutoring.lessons.content.style.figures import OTHER, figures
from tutoring.lessons.facts import queries as facts_queries
from tutoring.lessons.proposals.queries import published_texts
from tutoring.practice import content as scenarios
from tutoring.practice.content import lesson_references, scenario_template
from tutoring.practice.engine.scenario import Scenario
from tutoring.training import tracks
from tutoring.training.tracks import TracksFile
from tutoring.web import assets

CONTENT = ROOT / "content"
FORMATS: dict[str, type[BaseModel]] = {**MODELS, "scenario": Scenario, "training": TracksFile}
Folder = click.Path(exists=True, file_okay=False, path_type=Path)
# Warnings that the lessons of the site's own files must not have.
HELD = STYLE | {"no-screen", "screen-word", "translation-missing", "translation-stale", "missing", "stale"}
group = AppGroup("content", help="The lesson bank in content/.")


@group.command("check", with_appcontext=False)
@click.argument("folder", default=str(CONTENT), type=Folder)
@click.option("--strict", is_flag=True, help="Exit 1 for missing pictures, weak style and missing translations too.")
def check(folder: Path, strict: bool) -> None:
    """Check a folder laid out like content/: faults on stdout, exit 1 only for faults. Needs no database."""
    bank = read(folder, clock.today())
    slugs = {one.id for one in bank.lessons} | bank.broken
    rehearsals = scenarios.load(folder, slugs, {one.id for one in bank.skills})
    whole = {one.scenario.id: one.scenario for one in rehearsals if one.scenario}
    faults = [*bank.faults, *(fault for one in rehearsals for fault in one.faults)]
    faults += lesson_references.faults(folder, bank, whole)
    faults += tracks.load(folder, slugs).faults
    guides = help_pages.load(folder, slugs)
    faults += guides.faults
    for fault in faults:
        click.echo(fault)
    more = (warning for one in rehearsals for warning in one.warnings)
    for warning in (*bank.warnings, *more, *guides.warnings):
        click.echo(f"warning: {warning}")
    plain = [one.id for one in bank.lessons if OTHER not in one.texts] if strict else []
    for slug in plain:
        click.echo(f"content/lessons/{slug}: bài chưa có tiếng Anh")
    held = plain or (strict and any(one.code in HELD for one in bank.warnings))
    sys.exit(1 if faults or held else 0)


@group.command("report", with_appcontext=False)
@click.argument("folder", default=str(CONTENT), type=Folder)
@click.option("--by-readers", is_flag=True, help="Open claims of this site, those that most people read first.")
@click.pass_context
def report(context: click.Context, folder: Path, by_readers: bool) -> None:
    """Figures of the lessons, and what editors have to see to: claims, facts, reviews, translations.

    Needs no database without --by-readers.
    """
    if by_readers:
        with context.ensure_object(ScriptInfo).load_app().app_context():
            _print_claims()
        return
    today = clock.today()
    bank = read(folder, today)
    for heading, lines in {"Số liệu": figures(folder, bank), **to_see_to(bank, today)}.items():
        click.echo(f"## {heading}: {len(lines)}")
        for line in lines:
            click.echo(f"- {line}")


def _print_claims() -> None:
    found = [one for one in claims_queries.claims(_content(), "vi") if one.is_open]
    click.echo(f"## Việc cần kiểm tra: {len(found)}")
    for one in found:
        click.echo(f"- {one.key}: {one.text} ({one.url or one.source or one.places[0].slug})")


@group.command("gallery", with_appcontext=False)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--lang", default="vi", help="The language of the words in the pictures.")
@click.option("--content", "folder", default=str(CONTENT), type=Folder)
def gallery(out: Path, lang: str, folder: Path) -> None:
    """Write one HTML page with every picture of a screen in the lessons to the file OUT. Needs no database."""
    bank = read(folder)
    out.write_text(lesson_gallery.sheet(bank, assets.with_sheet(SHEET), lang), "utf-8")
    steps = [step.text(lang).html for lesson in bank.lessons for step in lesson.steps]
    pictures = sum(len(lesson_gallery.figures(html)) for html in steps)
    click.echo(
        f"{pictures} pictures of screens; {sum('<figure' in html for html in steps)} of {len(steps)} steps show one"
    )


@group.command("new", with_appcontext=False)
@click.argument("slug")
@click.option("--title", required=True, help="The lesson's title in Vietnamese: verb and object.")
@click.option("--path", "path", required=True, help="The path it belongs to; a file of content/paths/.")
@click.option("--skill", required=True, help="The skill it teaches; an id of content/skills.yml.")
@click.option("--content", "folder", default=str(CONTENT), type=Folder)
def new(slug: str, title: str, path: str, skill: str, folder: Path) -> None:
    """Lay out a new lesson; `flask content check` then names every place that waits for words."""
    bank = read(folder)
    if not SLUG.fullmatch(slug):
        raise click.BadParameter("chỉ gồm chữ thường không dấu, số và gạch nối", param_hint="SLUG")
    if path not in {one.id for one in bank.paths}:
        raise click.BadParameter(f"chỉ có: {', '.join(one.id for one in bank.paths)}", param_hint="--path")
    if skill not in {one.id for one in bank.skills}:
        raise click.BadParameter("không có trong content/skills.yml", param_hint="--skill")
    order = max((one.order for one in bank.lessons if one.path == path), default=0) + 10
    try:
        click.echo(lay_out(folder, slug, title, path, order, skill))
    except FileExistsError:
        raise click.BadParameter("đã có bài này", param_hint="SLUG") from None


@group.command("new-scenario", with_appcontext=False)
@click.argument("id")
@click.option("--title", required=True, help="The rehearsal's title in Vietnamese.")
@click.option("--lesson", required=True, help="The lesson that it rehearses; a folder of content/lessons/.")
@click.option("--skill", required=True, help="The skill it trains first; an id of content/skills.yml.")
@click.option("--content", "folder", default=str(CONTENT), type=Folder)
def new_scenario(id: str, title: str, lesson: str, skill: str, folder: Path) -> None:
    """Lay out a new scenario; `flask content check` then names every place that waits for words."""
    bank = read(folder)
    if not SLUG.fullmatch(id):
        raise click.BadParameter("chỉ gồm chữ thường không dấu, số và gạch nối", param_hint="ID")
    if lesson not in {one.id for one in bank.lessons} | bank.broken:
        raise click.BadParameter("không có trong content/lessons/", param_hint="--lesson")
    if skill not in {one.id for one in bank.skills}:
        raise click.BadParameter("không có trong content/skills.yml", param_hint="--skill")
    order = max((one.scenario.order for one in scenarios.load(folder) if one.scenario), default=0) + 10
    try:
        click.echo(scenario_template.lay_out(folder, id, title, lesson, skill, order))
    except FileExistsError:
        raise click.BadParameter("đã có bài tập luyện này", param_hint="ID") from None


@group.command("schema", with_appcontext=False)
@click.argument("folder", default=str(CONTENT / "schema"), type=click.Path(file_okay=False, path_type=Path))
def schema(folder: Path) -> None:
    """Write the JSON Schemas of the format for editors; the names of those that changed."""
    for name in write_schemas(folder, FORMATS):
        click.echo(name)


@group.command("load")
@click.option("--take-file", multiple=True, metavar="SLUG", help="Let the file stand, not what was published here.")
@with_appcontext
def load(take_file: tuple[str, ...]) -> None:
    """Load content/ into the database; what people learned stays, and so does what was published in the browser."""
    click.echo(loader.load_content(_content(), take_file))


@group.command("export")
@click.argument("folder", default=None, required=False, type=Folder)
@click.option("--take-page", multiple=True, metavar="SLUG", help="Write it although the file was changed otherwise.")
@with_appcontext
def export(folder: Path | None, take_page: tuple[str, ...]) -> None:
    """Write lessons published and facts edited in the browser into content/ (or FOLDER): one line each; exit 1 where a
    file was left."""
    done = content_published_texts.export(folder or _content(), published_texts(), take_page)
    for (slug, name), became in done.items():
        click.echo(f"{became}: {slug}" if name == SOURCE_FILE else f"{became}: {slug}/{name}")
    for key, became in facts_export.export(folder or _content(), facts_queries.edited()).items():
        click.echo(f"{became}: facts.yml {key}")
    sys.exit(1 if "torn" in done.values() else 0)


def _content() -> Path:
    return Path(current_app.config["SETTINGS"].content)
