"""What editors have beside the check: quiz files, family parts, recordings, the report, new lessons, schemas."""

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from tests.lessons.bank import CONTENT
from tests.lessons.conftest import Loads
from tests.lessons.test_content import ENGLISH, Tree
from tests.lessons.test_content import tree as tree
from tutoring.cli import content
from tutoring.cli.content import FORMATS, group
from tutoring.kernel.db import db
from tutoring.lessons.catalogue import loader
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.models import ContentNote
from tutoring.lessons.content import LessonContent
from tutoring.lessons.content.editor_report import report
from tutoring.lessons.content.json_schemas import schemas
from tutoring.lessons.quizzes.models import QuizQuestion

QUESTION = """  - id: q{n}
    step: bam
    kind: single
    prompt: "Câu {n}?"
    options:
      - {{id: a, text: "Đúng", correct: true}}
      - {{id: b, text: "Sai", say: "Chưa đúng."}}
      - {{id: c, text: "Sai nữa", say: "Cũng chưa đúng."}}
"""
QUIZ = "schema: 1\nquestions:\n" + "".join(QUESTION.format(n=n) for n in range(1, 11))
TEACH_BACK = 'teach_back: ["Con mở nhóm lớp", "Con bấm đường dẫn", "Con kể lại"]\n'


def cli(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(group, list(words))
    return result.exit_code, result.output


# ---- the quiz's pool -------------------------------------------------------------------------------------


def test_a_quiz_file_becomes_the_pool_of_its_lesson(tree: Tree) -> None:
    assert tree.load().lessons[0].quiz == ()
    assert "no-quiz" in {one.code for one in tree.load().warnings}
    tree.write(QUIZ, "quiz.yml")
    pool = tree.load().lessons[0].quiz
    assert [one["id"] for one in pool] == [f"q{n}" for n in range(1, 11)]
    assert pool[0]["options"][0] == {"id": "a", "text": "Đúng", "correct": True, "say": None}


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("id: q2", "id: q1", "checkpoint-id", 11),
        ("step: bam", "step: khong-co", "quiz-step", 4),
        ("kind: single", "kind: multiple", "correct", 3),
        (', say: "Chưa đúng."', "", "feedback", 3),
        ("Câu 1?", "Gọi 1800 1096?", "number", 6),
        ("Câu 1?", "Ở quận nào?", "old-word", 6),
        ("Câu 1?", "Gọi {fact:so}?", "fact", 6),
        ("{id: b,", "{id: a,", "option-id", 3),
    ],
)
def test_a_faulty_question_is_named_with_its_line(tree: Tree, old: str, new: str, code: str, line: int) -> None:
    tree.write(QUIZ.replace(old, new, 1), "quiz.yml")
    fault = tree.only_fault()
    assert (fault.file, fault.code, fault.line) == ("content/lessons/thu/quiz.yml", code, line)
    assert tree.load().broken == {"thu"}


# ---- family and sound ------------------------------------------------------------------------------------


def test_a_step_may_belong_to_the_child_or_the_parent(tree: Tree) -> None:
    tree.change("{#bam}", "{#bam .ba-me}")
    tree.change("review:", f"{TEACH_BACK}review:")
    tree.translate(ENGLISH.replace("media: {m1", 'teach_back: ["Open it", "Press it", "Tell it"]\nmedia: {m1'))
    lesson = tree.load().lessons[0]
    assert [step.part for step in lesson.steps] == ["", "ba-me"]
    assert lesson.teach_back["vi"][2] == "Con kể lại" and lesson.teach_back["en"][2] == "Tell it"
    assert not lesson.steps[1].stale, "whose part a step is does not change its words"


def test_a_translation_teaches_back_as_many_lines(tree: Tree) -> None:
    tree.change("review:", f"{TEACH_BACK}review:")
    tree.translate(ENGLISH.replace("media: {m1", 'teach_back: ["A", "B", "C", "D"]\nmedia: {m1'))
    assert tree.only_fault().code == "blocks-differ"


def test_a_recording_is_heard_only_while_it_reads_the_present_words(tree: Tree) -> None:
    words = tree.load().lessons[0].steps[0].source_hash
    (tree.lesson / "media" / "mo.opus").write_bytes(b"OggS" * 100)
    tree.change("media: [", f'media: [{{id: s1, file: mo.opus, reads: mo-nhom, source_hash: "{words}"}}, ')
    sound = tree.load().lessons[0].steps[0].sounds["vi"]
    assert sound.bytes == 400 and sound.url.startswith("/lessons/thu/media/mo.opus?v=")
    tree.change("thấy tin nhắn.", "thấy tin nhắn mới.")
    assert tree.load().lessons[0].steps[0].sounds == {}
    assert "stale-sound" in {one.code for one in tree.load().warnings}


def test_a_recording_is_offered_on_its_step_with_its_size(
    client: FlaskClient, tree: Tree, loads: Loads, serves: Callable[[Path], None]
) -> None:
    words = tree.load().lessons[0].steps[0].source_hash
    (tree.lesson / "media" / "mo.opus").write_bytes(b"OggS" * 400)
    tree.change("media: [", f'media: [{{id: s1, file: mo.opus, reads: mo-nhom, source_hash: "{words}"}}, ')
    loads(tree.load())
    serves(tree.root)
    first, second = (client.get(f"/lessons/thu/{number}").text for number in (1, 2))
    found = re.search(r'<audio controls preload="none" src="([^"]+)"', first)
    assert found and "Nghe bước này, 2 kB" in first and "<audio" not in second
    heard = client.get(found[1], headers={"Range": "bytes=0-3"})
    assert (heard.status_code, heard.mimetype, heard.data) == (206, "audio/ogg", b"OggS")


def test_a_recording_says_which_step_it_reads(tree: Tree) -> None:
    (tree.lesson / "media" / "mo.opus").write_bytes(b"OggS")
    tree.change("media: [", "media: [{id: s1, file: mo.opus}, ")
    assert tree.load().faults[0].code == "sound"


# ---- the report ------------------------------------------------------------------------------------------


def test_the_report_lists_what_editors_have_to_see_to(tree: Tree) -> None:
    tree.change("review:", 'unverified: [{step: bam, what: "Chữ trên nút"}]\nreview:')
    tree.translate(ENGLISH.replace('"HASH2"', '"0000000000"'))
    (tree.root / "facts.yml").write_text(
        'schema: 1\nfacts:\n  so: {value: {vi: "09"}, source: "Sổ tay", as_of: 2026-11-24}\n', "utf-8"
    )
    due = dt.date(2026, 11, 24) + dt.timedelta(days=90)
    found = report(tree.load(due), due - dt.timedelta(days=7))
    assert list(found.values()) == [
        ["thu#bam: Chữ trên nút"],
        ["so: 09 (theo Sổ tay, ngày 2026-11-24)"],
        [f"{due} thu"],
        ["thu"],
        [f"thu/en.md#bam: đã cũ, mã bản gốc {tree.load().lessons[0].steps[1].source_hash}"],
        [],
    ]
    assert list(report(tree.load(), due - dt.timedelta(days=8)).values())[2] == []


def test_the_report_of_the_real_bank_names_every_unverified_claim(
    real_bank: LessonContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {CONTENT: real_bank}  # to read it again takes seconds
    monkeypatch.setattr(content, "read", lambda folder, _today: found[folder])
    status, said = cli("report")
    unverified = sum(path.read_text("utf-8").count("what:") for path in CONTENT.glob("lessons/*/vi.md"))
    assert status == 0
    assert f"## Chưa kiểm tra được (unverified): {unverified}\n" in said


# ---- a new lesson ----------------------------------------------------------------------------------------


def test_a_new_lesson_is_laid_out_and_only_waits_for_words(tree: Tree) -> None:
    here = ("--content", str(tree.root))
    status, said = cli("new", "bai-moi", "--title", "Bài mới", "--path", "hoc", "--skill", "hoc.thu", *here)
    assert status == 0 and said.strip().endswith("lessons/bai-moi")
    faults = [one for one in tree.load().faults if "/bai-moi/" in one.file]
    assert faults and {one.code for one in faults} == {"unwritten"}
    for name in ("vi.md", "quiz.yml"):
        file = tree.root / "lessons" / "bai-moi" / name
        file.write_text(file.read_text("utf-8").replace("VIẾT:", "Chờ"), "utf-8")
    bank = tree.load()
    assert bank.faults == () and [one.order for one in bank.lessons] == [10, 20]


@pytest.mark.parametrize(
    ("slug", "path", "skill"),
    [("thu", "hoc", "hoc.thu"), ("Bài Mới", "hoc", "hoc.thu"), ("moi", "khong", "hoc.thu"), ("moi", "hoc", "khong")],
)
def test_a_new_lesson_with_a_wrong_name_or_place_is_refused(tree: Tree, slug: str, path: str, skill: str) -> None:
    before = sorted(tree.root.rglob("*"))
    status, _said = cli("new", slug, "--title", "A", "--path", path, "--skill", skill, "--content", str(tree.root))
    assert status == 2
    assert sorted(tree.root.rglob("*")) == before


# ---- schemas for editors ---------------------------------------------------------------------------------


def test_the_schemas_are_those_of_the_format() -> None:
    here = {path.name: path.read_text("utf-8") for path in (CONTENT / "schema").glob("*.json")}
    assert here == schemas(FORMATS), "run: python3 dev.py flask content schema"


def test_the_schemas_name_what_must_stand_there() -> None:
    made = schemas()
    lesson = json.loads(made["lesson.json"])
    assert {"id", "title", "path", "teaches", "review"} <= set(lesson["required"])
    assert lesson["additionalProperties"] is False
    assert json.loads(made["block-mistakes.json"])["type"] == "array"


# ---- loading ---------------------------------------------------------------------------------------------


def test_faults_are_kept_for_editors_and_learners_keep_the_last_good_version(
    app: Flask, tree: Tree, loads: Loads, caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context():
        loader.load_content(tree.root)
        tree.change("schema: 1", "schema: 2")
        loader.load_content(tree.root)
        notes = db.session.scalars(sa.select(ContentNote)).all()
        assert [(one.file, one.line) for one in notes] == [("content/lessons/thu/vi.md", 2)]
        assert "lessons/thu/vi.md:2" in caplog.text
        assert catalogue_queries.lesson("thu").step_count == 2
        tree.change("schema: 2", "schema: 1")
        loader.load_content(tree.root)
        assert db.session.scalars(sa.select(ContentNote)).all() == []


def test_the_pool_is_loaded_with_its_lesson_and_changes_with_it(app: Flask, tree: Tree, loads: Loads) -> None:
    tree.write(QUIZ, "quiz.yml")
    loads(tree.load())
    with app.app_context():
        assert len(db.session.scalars(sa.select(QuizQuestion).filter_by(lesson_slug="thu")).all()) == 10
    tree.write(QUIZ.replace("Câu 1?", "Câu một?"), "quiz.yml")
    assert loads(tree.load())[0] == 1
    with app.app_context():
        first = db.session.scalars(sa.select(QuizQuestion).filter_by(lesson_slug="thu", question_id="q1")).one()
        assert first.body["prompt"] == "Câu một?"
