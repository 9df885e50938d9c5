"""Lessons written in the browser: nothing stands on the site without a second person, and nothing typed is lost."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.lessons.bank import copied
from tests.lessons.conftest import Loads
from tutoring.cli.content import group
from tutoring.cli.demo.community import _member
from tutoring.community import commands as community
from tutoring.community.models import Membership, Unit
from tutoring.kernel import rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.lessons.catalogue import loader
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.models import ContentNote
from tutoring.lessons.content.published_texts import export, file_text
from tutoring.lessons.content.step_editor import digest
from tutoring.lessons.proposals import commands as proposals_commands
from tutoring.lessons.proposals import preview
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.lessons.proposals.models import Proposal
from tutoring.lessons.search.models import SearchDocument
from tutoring.notifications.models import Notice
from tutoring.web import visitor_cache

As = Callable[[str], FlaskClient]
SLUG, STEP = "otp-khong-doc-cho-ai", 1


@pytest.fixture
def folder(tmp_path: Path, loads: Loads, serves: Callable[[Path], None]) -> Path:
    """A copy of content/ that tests may change; the site's own bank is put back afterwards."""
    made = copied(tmp_path / "content")
    serves(made)
    return made


@pytest.fixture
def editor(app: Flask, world: World) -> int:
    """Quang (a coordinator) names Hằng, who teaches, a lesson editor; another coordinator names Quang."""
    with app.app_context():
        proposals_commands.name_editor(person(world["quang"]), world["hang"], True)
    return world["hang"]


def begin(app: Flask, world: World, folder: Path, number: int | None = STEP, who: str = "quang") -> int:
    with app.app_context():
        return proposals_commands.propose_change(person(world[who]), folder, SLUG, number)


def text_of(app: Flask, proposal_id: int) -> str:
    with app.app_context():
        return proposals_queries.proposal(proposal_id).text


def state_of(app: Flask, proposal_id: int) -> str:
    with app.app_context():
        return proposals_queries.proposal(proposal_id).state


def changed(text: str) -> str:
    """The same step, still by the rules, in other words."""
    title = text.split("\n", 1)[0]
    name = re.sub(r"^## (.*?) \{", r"## Biết \1 {", title)
    assert name != title
    return text.replace(title, name, 1)


def submitted(app: Flask, world: World, folder: Path, who: str = "quang") -> int:
    made = begin(app, world, folder, who=who)
    with app.app_context():
        author = person(world[who])
        proposals_commands.save_proposal(author, made, changed(text_of(app, made)), "Dễ hiểu hơn")
        proposals_commands.submit_proposal(person(world[who]), folder, made)
    return made


def publish(app: Flask, world: World, folder: Path, proposal_id: int, who: str = "hang") -> str:
    with app.app_context():
        return proposals_commands.publish_proposal(person(world[who]), folder, proposal_id)


# ---- one writes, another publishes -----------------------------------------------------------------------------


def test_what_a_second_person_publishes_stands_at_once_and_is_found(
    app: Flask, world: World, folder: Path, editor: int, client: FlaskClient
) -> None:
    made = submitted(app, world, folder)
    with app.app_context():
        version = catalogue_queries.lesson(SLUG).version
    assert publish(app, world, folder, made) == SLUG
    visitor_cache.forget()
    page = client.get(f"/lessons/{SLUG}/{STEP}").text
    with app.app_context():
        found, step = catalogue_queries.lesson(SLUG), catalogue_queries.step(SLUG, STEP, "vi")
        assert found.version == version + 1
        assert step.title.startswith("Biết ") and f"<h1>{step.title}</h1>" in page
        words = sa.select(SearchDocument.title).where(SearchDocument.lesson_slug == SLUG, SearchDocument.lang == "vi")
        assert step.title in set(db.session.scalars(words))
        row = proposals_queries.proposal(made)
        assert (row.state, row.reviewer_id, row.author_id) == ("published", world["hang"], world["quang"])


def test_a_translation_of_the_changed_step_gives_way_to_the_labelled_original(
    app: Flask, world: World, folder: Path, editor: int
) -> None:
    with app.app_context():
        assert not catalogue_queries.step(SLUG, STEP, "en").fallback
    publish(app, world, folder, submitted(app, world, folder))
    with app.app_context():
        assert catalogue_queries.step(SLUG, STEP, "en").fallback
        assert not catalogue_queries.step(SLUG, STEP + 1, "en").fallback
        assert catalogue_queries.lesson(SLUG).facts["stale"] == {"en": [catalogue_queries.lesson(SLUG).step_id(STEP)]}


def test_nobody_publishes_their_own(app: Flask, world: World, folder: Path, editor: int) -> None:
    made = submitted(app, world, folder, who="hang")
    with app.app_context(), pytest.raises(Forbidden):
        proposals_commands.publish_proposal(person(world["hang"]), folder, made)
    with app.app_context(), pytest.raises(NotFound):  # a coordinator whom nobody named
        proposals_commands.publish_proposal(person(world["quang"]), folder, made)
    assert state_of(app, made) == "submitted"


def test_the_database_itself_refuses_an_author_as_reviewer(app: Flask, world: World, folder: Path) -> None:
    made = begin(app, world, folder)
    with app.app_context(), pytest.raises(sa.exc.IntegrityError):
        db.session.execute(
            sa.update(Proposal).where(Proposal.id == made).values(state="published", reviewer_id=world["quang"])
        )


def test_where_nobody_reviews_the_coordinators_are_asked_to_name_somebody(
    app: Flask, world: World, folder: Path, as_: As
) -> None:
    with app.app_context():
        proposals_commands.name_editor(person(world["quang"]), world["hang"], True)  # who writes, and may not review it
    made = submitted(app, world, folder, who="hang")
    with app.app_context():
        query = sa.select(Notice.path).where(Notice.user_id == world["quang"], Notice.read_at.is_(None))
        assert "/writing/editors" in set(db.session.scalars(query))
    page = as_("hang").get(f"/writing/{made}?text=1").text
    assert "Điều phối viên của nơi bạn dạy đã được báo" in page
    assert "Ai duyệt bài" in as_("quang").get("/writing/editors").text


def test_people_hear_what_waits_and_what_became_of_it(app: Flask, world: World, folder: Path, editor: int) -> None:
    def unread(name: str) -> list[str]:
        with app.app_context():
            query = sa.select(Notice.path).where(Notice.user_id == world[name], Notice.read_at.is_(None))
            return [path for path in db.session.scalars(query) if path.startswith(("/writing", "/lessons"))]

    made = submitted(app, world, folder)
    assert unread("hang") == [f"/writing/{made}/review"]
    with app.app_context():
        proposals_commands.return_proposal(person(world["hang"]), made, "Bước này còn dài.")
    assert (unread("hang"), unread("quang")) == ([], [f"/writing/{made}"])
    with app.app_context():
        proposals_commands.submit_proposal(person(world["quang"]), folder, made)
    assert unread("hang") == [f"/writing/{made}/review"]
    publish(app, world, folder, made)
    assert (unread("hang"), unread("quang")) == ([], [f"/lessons/{SLUG}"])


def test_a_whole_lesson_that_was_read_names_who_read_it(app: Flask, world: World, folder: Path, editor: int) -> None:
    made = begin(app, world, folder, None)
    with app.app_context():
        minutes = catalogue_queries.lesson(SLUG).minutes + 1
        text = re.sub(r"\nminutes: \d+", f"\nminutes: {minutes}", text_of(app, made))
        proposals_commands.save_proposal(person(world["quang"]), made, text, "")
        proposals_commands.submit_proposal(person(world["quang"]), folder, made)
    publish(app, world, folder, made)
    with app.app_context():
        facts = catalogue_queries.lesson(SLUG).facts
        assert facts["reviewed_by"] == "Cô Hằng"
        assert facts["reviewed_on"] is not None and facts["review_due"] is not None
        assert catalogue_queries.lesson(SLUG).minutes == minutes


def test_a_new_lesson_grows_from_the_layout_to_the_site(
    app: Flask, world: World, folder: Path, editor: int, as_: As
) -> None:
    quang = as_("quang")
    said = quang.post(
        "/writing/new", data={"title": "Gọi video cho cô", "slug": "goi-video-cho-co", "path": "hoc-truc-tuyen",
                              "skill": "hoc.vao-lop"},
    )  # fmt: skip
    assert said.status_code == 302, said.text
    made = int(said.headers["Location"].rsplit("/", 1)[1])
    page = quang.get(said.headers["Location"] + "?text=1").text
    assert "chỗ phải sửa trước khi gửi" in page and "chỗ này còn chờ viết" in page
    with app.app_context(), pytest.raises(InvalidInput):
        proposals_commands.submit_proposal(person(world["quang"]), folder, made)
    text = (folder / "lessons" / SLUG / "vi.md").read_text("utf-8")
    text = re.sub(r"\nid: .*", "\nid: goi-video-cho-co", text, count=1)
    text = re.sub(r"\norder: .*", "\norder: 95", text).replace("\npath: an-toan-so", "\npath: hoc-truc-tuyen")
    text = re.sub(r"\nversion: .*", "\nversion: 1", text)
    text = re.sub(r"\nmedia:\n(  .*\n)+", "\n", re.sub(r"\n!\[\]\(media:.*\n", "", text))
    with app.app_context():
        proposals_commands.save_proposal(person(world["quang"]), made, text, "")
        proposals_commands.submit_proposal(person(world["quang"]), folder, made)
    publish(app, world, folder, made)
    visitor_cache.forget()
    assert app.test_client().get("/lessons/goi-video-cho-co").status_code == 200
    with app.app_context():
        assert loader.load_content(folder).endswith("1 as published here")  # no file yet, and it stays
        assert catalogue_queries.lesson("goi-video-cho-co").version == 1


# ---- what is refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "say"),
    [
        (lambda text: text.replace("**Làm đúng thì:**", "**Làm đúng thì:** Gọi số 0912 345 678.", 1), "số"),
        (lambda text: text + "\nXem [trang này](http://la.example/x).\n", "không dẫn tới"),
        (lambda text: text.split("```checkpoint")[0] + "```checkpoint\nid: [\n```\n", ""),
        (lambda text: text.replace("{#", "{#khac-", 1), "giữ nguyên mã"),
        (lambda text: text + "\n## Thêm {#them}\n\nMột bước nữa.\n", "một bước"),
    ],
)
def test_a_faulty_text_is_kept_but_not_handed_over(
    app: Flask, world: World, folder: Path, as_: As, spoil: Callable[[str], str], say: str
) -> None:
    made = begin(app, world, folder)
    spoilt = spoil(text_of(app, made))
    with app.app_context():
        proposals_commands.save_proposal(person(world["quang"]), made, spoilt, "")
    with app.app_context(), pytest.raises(InvalidInput):
        proposals_commands.submit_proposal(person(world["quang"]), folder, made)
    assert (text_of(app, made), state_of(app, made)) == (spoilt, "draft")
    page = as_("quang").get(f"/writing/{made}?text=1").text
    assert "chỗ phải sửa trước khi gửi" in page and say in page


def test_html_and_scripts_are_shown_as_the_letters_they_are(app: Flask, world: World, folder: Path, as_: As) -> None:
    made = begin(app, world, folder)
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)"> [x](javascript:alert(3))'
    with app.app_context():
        proposals_commands.save_proposal(person(world["quang"]), made, text_of(app, made) + f"\n{evil}\n", evil)
    page = as_("quang").get(f"/writing/{made}?text=1").text
    assert "<script>alert" not in page and "<img src=x" not in page and 'href="javascript' not in page
    assert "&lt;script&gt;alert" in page


def test_who_writes_a_lesson_does_not_write_who_has_read_it(app: Flask, world: World, folder: Path, as_: As) -> None:
    made = begin(app, world, folder, None)
    forged = re.sub(r"\nreview:.*", '\nreview: {by: "Sở", on: 2026-01-01, every_days: 90} # x', text_of(app, made))
    with app.app_context():
        proposals_commands.save_proposal(person(world["quang"]), made, forged, "")
    with app.app_context(), pytest.raises(InvalidInput):
        proposals_commands.submit_proposal(person(world["quang"]), folder, made)
    assert "tên người duyệt được ghi khi đăng" in as_("quang").get(f"/writing/{made}?text=1").text


def test_a_publish_without_the_wording_that_was_read_is_refused(
    app: Flask, world: World, folder: Path, editor: int, as_: As
) -> None:
    made = submitted(app, world, folder)
    for sent in ({}, {"seen": "x"}, {"seen": "2026-01-01"}):
        assert as_("hang").post(f"/writing/{made}/review", data={"act": "publish", **sent}).status_code == 409
    assert state_of(app, made) == "submitted"


@pytest.mark.parametrize("name", ["\x00", "a\x00b", "khong-co"])
def test_a_lesson_that_is_not_there_is_not_written_on(world: World, as_: As, name: str) -> None:
    assert as_("quang").post("/writing", data={"lesson": name, "step": "1"}).status_code == 404


def test_the_desk_costs_no_query_for_each_proposal(
    app: Flask, world: World, editor: int, as_: As, queries: list[str]
) -> None:
    def propose(*numbers: int) -> int:
        with app.app_context():
            for n in numbers:
                for who in ("quang", "hang"):
                    proposals_commands.propose_lesson(
                        person(world[who]), f"bai-cua-{who}-{n}", "Bài", "an-toan-so", "an-toan.otp"
                    )
            db.session.execute(
                sa.update(Proposal).where(Proposal.author_id == world["quang"]).values(state="submitted")
            )
            db.session.commit()
        queries.clear()
        assert hang.get("/writing").status_code == 200
        return len(queries)

    hang = as_("hang")
    hang.get("/writing")
    assert propose(1) == propose(*range(2, 10))


def test_hidden_characters_are_dropped_and_that_is_said(app: Flask, world: World, folder: Path, as_: As) -> None:
    made = begin(app, world, folder)
    text = text_of(app, made)
    odd = text.replace("**Mục", "**\u202eMục\u200b", 1).replace("ế", "e\u0302\u0301")
    answer = as_("quang").post(f"/writing/{made}/draft", data={"text": odd.replace("\n", "\r\n"), "note": ""})
    assert answer.get_json()["say"] == "Đã lưu. Đã bỏ 2 ký tự ẩn không thấy được."
    assert text_of(app, made) == text


def test_too_much_is_refused_in_plain_words_and_what_was_there_stays(
    app: Flask, world: World, folder: Path, as_: As
) -> None:
    made = begin(app, world, folder)
    text, quang = text_of(app, made), as_("quang")
    form = {"note": "", "act": "save"}
    for size, status in ((proposals_commands.MAX_TEXT_BYTES + 1, 422), (1_000_000, 413)):
        answer = quang.post(f"/writing/{made}", data={"text": "x" * size, **form}, content_type="multipart/form-data")
        assert answer.status_code == status
        assert "Dài quá" in answer.text or "quá lớn" in answer.text
    short = quang.post(f"/writing/{made}", data={"text": "x" * (proposals_commands.MAX_TEXT_BYTES + 1), **form},
                       content_type="multipart/form-data").text  # fmt: skip
    assert "x" * proposals_commands.MAX_TEXT_BYTES in short and "chưa được lưu" in short
    assert text_of(app, made) == text
    assert quang.post(f"/writing/{made}", data={"text": "  \n", **form}).status_code == 422


def test_two_windows_do_not_write_over_each_other(app: Flask, world: World, folder: Path, as_: As) -> None:
    made = begin(app, world, folder)
    quang, text = as_("quang"), text_of(app, made)
    first = quang.post(f"/writing/{made}/draft", data={"text": text + "\nMột.\n", "note": ""}).get_json()
    second = quang.post(
        f"/writing/{made}/draft", data={"text": text + "\nHai.\n", "note": "", "seen": first["fields"]["seen"]}
    )
    assert second.status_code == 200
    late = quang.post(f"/writing/{made}", data={"text": text + "\nBa.\n", "note": "", "seen": first["fields"]["seen"]})
    assert late.status_code == 409 and "cửa sổ khác" in late.text and "Ba.</textarea>" in late.text
    assert text_of(app, made).endswith("Hai.\n")


def test_there_is_an_end_to_what_one_person_may_have_open(app: Flask, world: World, folder: Path) -> None:
    with app.app_context():
        quang = person(world["quang"])
        slugs = [f"bai-moi-{n}" for n in range(proposals_commands.MAX_OPEN_PROPOSALS + 1)]
        for slug in slugs[:-1]:
            proposals_commands.propose_lesson(quang, slug, "Bài", "an-toan-so", "an-toan.otp")
        with pytest.raises(InvalidInput):
            proposals_commands.propose_lesson(quang, slugs[-1], "Bài", "an-toan-so", "an-toan.otp")


@pytest.mark.parametrize("slug", ["../../etc", "A", "a b", "bai", "x" * 61, SLUG, ""])
def test_a_new_lesson_needs_a_name_of_its_own(app: Flask, world: World, folder: Path, as_: As, slug: str) -> None:
    with app.app_context():
        proposals_commands.propose_lesson(person(world["hang"]), "bai", "Bài", "an-toan-so", "an-toan.otp")
    form = {"title": "Bài", "slug": slug, "path": "an-toan-so", "skill": "an-toan.otp"}
    answer = as_("quang").post("/writing/new", data=form)
    assert answer.status_code == 422 and 'class="error"' in answer.text


# ---- what changes meanwhile ------------------------------------------------------------------------------------


def test_of_two_who_wrote_on_one_step_the_second_sees_what_changed(
    app: Flask, world: World, folder: Path, editor: int
) -> None:
    with app.app_context():
        school = db.session.get_one(Unit, world["truong"])
        _member(person(world["bay"]), school, "teacher", person(world["quang"]), person(world["admin1"]))
        proposals_commands.name_editor(person(world["quang"]), world["bay"], True)
    late = begin(app, world, folder)
    early = submitted(app, world, folder, who="hang")
    with app.app_context():
        text = changed(text_of(app, late)).replace("## Biết ", "## Hiểu ", 1)
        proposals_commands.save_proposal(person(world["quang"]), late, text, "")
    publish(app, world, folder, early, who="bay")
    with app.app_context(), pytest.raises(Conflict):
        proposals_commands.submit_proposal(person(world["quang"]), folder, late)
    with app.app_context():
        proposals_commands.build_on_present(person(world["quang"]), folder, late)
        proposals_commands.submit_proposal(person(world["quang"]), folder, late)
    publish(app, world, folder, late, who="bay")
    with app.app_context():
        assert catalogue_queries.step(SLUG, STEP, "vi").title.startswith("Hiểu ")


def test_a_load_never_silently_replaces_what_was_published(app: Flask, world: World, folder: Path, editor: int) -> None:
    publish(app, world, folder, submitted(app, world, folder))
    file = folder / "lessons" / SLUG / "vi.md"
    with app.app_context():
        title = catalogue_queries.step(SLUG, STEP, "vi").title
        assert "1 as published here" in loader.load_content(folder)
        assert catalogue_queries.step(SLUG, STEP, "vi").title == title
    file.write_text(file.read_text("utf-8").replace("minutes: ", "minutes: 1", 1), "utf-8")
    with app.app_context():
        loader.load_content(folder)
        assert catalogue_queries.step(SLUG, STEP, "vi").title == title
        notes = [note.say for note in db.session.scalars(sa.select(ContentNote))]
        assert any("đã sửa trên trang và trong tệp" in say for say in notes)
        loader.load_content(folder, [SLUG])
        assert catalogue_queries.step(SLUG, STEP, "vi").title != title
        assert proposals_queries.published_text(SLUG) is None


def test_what_was_published_goes_into_the_files_and_then_the_files_stand(
    app: Flask, world: World, folder: Path, editor: int, tmp_path: Path
) -> None:
    publish(app, world, folder, submitted(app, world, folder))
    with app.app_context():
        title = catalogue_queries.step(SLUG, STEP, "vi").title
        published = proposals_queries.published_texts()
    assert export(tmp_path / "elsewhere", published) == {(SLUG, "vi.md"): "written"}
    assert export(folder, published) == {(SLUG, "vi.md"): "written"}
    assert export(folder, published) == {(SLUG, "vi.md"): "same"}
    assert title in (file_text(folder, SLUG) or "")
    with app.app_context():
        loader.load_content(folder)
        assert proposals_queries.published_text(SLUG) is None
        assert catalogue_queries.step(SLUG, STEP, "vi").title == title


def test_a_file_that_changed_otherwise_is_left_alone_until_it_is_named(
    app: Flask, world: World, folder: Path, editor: int
) -> None:
    publish(app, world, folder, submitted(app, world, folder))
    file = folder / "lessons" / SLUG / "vi.md"
    file.write_text(file.read_text("utf-8") + "\n<!-- -->\n", "utf-8")
    before = digest(file.read_text("utf-8"))
    run = app.test_cli_runner()
    run.app.cli.add_command(group)
    left = run.invoke(args=["content", "export", str(folder)])
    assert (left.exit_code, left.output.strip()) == (1, f"torn: {SLUG}")
    assert digest(file.read_text("utf-8")) == before
    taken = run.invoke(args=["content", "export", "--take-page", SLUG, str(folder)])
    assert (taken.exit_code, taken.output.strip()) == (0, f"written: {SLUG}")


def at_once(app: Flask, acts: dict[str, Callable[[], object]]) -> dict[str, str]:
    """Do these in one moment, each on a connection of its own; what came of each."""

    def act(name: str) -> str:
        with app.app_context():
            try:
                acts[name]()
                return "done"
            except Conflict:
                return "refused"

    with ThreadPoolExecutor(len(acts)) as threads:
        return dict(zip(acts, threads.map(act, acts), strict=True))


@pytest.mark.parametrize("other", ["publish", "return", "take_back", "withdraw"])
def test_of_two_decisions_in_one_moment_one_counts(
    app: Flask, world: World, folder: Path, editor: int, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    with app.app_context():
        school = db.session.get_one(Unit, world["truong"])
        _member(person(world["bay"]), school, "teacher", person(world["quang"]), person(world["admin1"]))
        proposals_commands.name_editor(person(world["quang"]), world["bay"], True)
    made = submitted(app, world, folder)
    judge, reading, decided = preview.check_proposal, Event(), Event()

    def slowly(*args: Any, **more: Any) -> Any:
        reading.set()
        decided.wait(0.5)  # as long as the other could decide beside this
        return judge(*args, **more)

    monkeypatch.setattr(preview, "check_proposal", slowly)

    def second() -> None:
        assert reading.wait(600)
        match other:
            case "publish":
                proposals_commands.publish_proposal(person(world["bay"]), folder, made)
            case "return":
                proposals_commands.return_proposal(person(world["bay"]), made, "Còn dài.")
            case "take_back":
                proposals_commands.take_back_proposal(person(world["quang"]), made)
            case "withdraw":
                proposals_commands.withdraw_proposal(person(world["quang"]), made)
        decided.set()

    first = lambda: proposals_commands.publish_proposal(person(world["hang"]), folder, made)  # noqa: E731
    assert at_once(app, {"first": first, "second": second}) == {"first": "done", "second": "refused"}
    assert state_of(app, made) == "published"


def test_what_is_published_while_the_files_are_read_stands(
    app: Flask, world: World, folder: Path, editor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = submitted(app, world, folder)
    read, waiting = loader.content.load, [made]

    def slowly(*args: Any, **more: Any) -> Any:
        bank = read(*args, **more)
        if waiting:
            with ThreadPoolExecutor(1) as threads:
                threads.submit(publish, app, world, folder, waiting.pop()).result()
        return bank

    monkeypatch.setattr(loader.content, "load", slowly)
    with app.app_context():
        assert loader.load_content(folder).endswith("1 as published here")
        assert catalogue_queries.step(SLUG, STEP, "vi").title.startswith("Biết ")


# ---- who may ---------------------------------------------------------------------------------------------------


def test_only_teachers_and_coordinators_write_and_only_their_own(
    app: Flask, world: World, folder: Path, as_: As
) -> None:
    made = begin(app, world, folder)
    for name in ("minh", "lan", "muoi", "mai", "bay", "admin1"):
        someone = as_(name)
        assert someone.get("/writing").status_code == 404
        assert someone.post("/writing", data={"lesson": SLUG, "step": "1"}).status_code == 404
        assert "Đề nghị sửa" not in someone.get(f"/lessons/{SLUG}/1").text
        with app.app_context(), pytest.raises(NotFound):
            proposals_commands.propose_change(person(world[name]), folder, SLUG, 1)
    hang = as_("hang")
    assert "Đề nghị sửa bước này" in hang.get(f"/lessons/{SLUG}/1").text
    for method, path in (("get", ""), ("post", ""), ("post", "/draft"), ("get", "/review"), ("post", "/review")):
        assert getattr(hang, method)(f"/writing/{made}{path}", data={"text": "x"}).status_code == 404, path
    assert text_of(app, made) != "x"


def test_an_editor_is_named_by_a_coordinator_of_theirs_and_nobody_names_themselves(
    app: Flask, world: World, as_: As
) -> None:
    def named() -> bool:
        with app.app_context():
            return proposals_queries.is_editor(world["hang"])

    quang = as_("quang")
    assert "Cô Hằng Minh Hoạ" in quang.get("/writing/editors").text
    for person_id in (world["quang"], world["minh"], world["mai"], 999_999):
        assert quang.post("/writing/editors", data={"person": person_id, "act": "name"}).status_code == 404
    assert as_("hang").post("/writing/editors", data={"person": world["hang"], "act": "name"}).status_code == 404
    quang.post("/writing/editors", data={"person": world["hang"], "act": "name"})
    assert named()
    quang.post("/writing/editors", data={"person": world["hang"], "act": "end"})
    assert not named()


def test_whoever_no_longer_teaches_no_longer_reviews(app: Flask, world: World, folder: Path, editor: int) -> None:
    made = submitted(app, world, folder)
    with app.app_context():
        teaches = sa.select(Membership.id).where(Membership.user_id == world["hang"])
        community.end_member(person(world["quang"]), db.session.scalars(teaches).one())
    with app.app_context(), pytest.raises(NotFound):
        proposals_commands.publish_proposal(person(world["hang"]), folder, made)
    with app.app_context():
        assert proposals_queries.editor_ids() == []


# ---- the pages -------------------------------------------------------------------------------------------------


def test_from_a_step_to_the_site_by_the_pages_alone(
    app: Flask, world: World, folder: Path, editor: int, as_: As
) -> None:
    rate_limits.clear()
    quang, hang = as_("quang"), as_("hang")
    there = quang.post("/writing", data={"lesson": SLUG, "step": str(STEP)}).headers["Location"]
    assert quang.post("/writing", data={"lesson": SLUG, "step": str(STEP)}).headers["Location"] == there
    made = int(there.rsplit("/", 1)[1])
    text = changed(text_of(app, made))
    page = quang.post(there, data={"text": text, "note": "Dễ hiểu hơn", "act": "submit"}, follow_redirects=True).text
    assert "Đã gửi" in page and "Chờ người thứ hai duyệt" in page
    listed = hang.get("/writing").text
    assert f"/writing/{made}/review" in listed
    review = hang.get(f"/writing/{made}/review").text
    assert "Dễ hiểu hơn" in review and "<ins>" in review and "Thầy Quang" in review
    seen = re.search(r'name="seen" value="([^"]+)"', review)
    assert seen
    empty = hang.post(f"/writing/{made}/review", data={"act": "return", "note": " "})
    assert empty.status_code == 422 and "Hãy ghi cần sửa gì" in empty.text
    other = hang.post(f"/writing/{made}/review", data={"act": "publish", "seen": "2026-01-01T00:00:00+00:00"})
    assert other.status_code == 409  # not the wording that was read
    done = hang.post(f"/writing/{made}/review", data={"act": "publish", "seen": seen[1]}, follow_redirects=True)
    assert "Đã đăng" in done.text
    assert "Đã đăng" in quang.get("/writing").text
    assert quang.get(there).status_code == 200


def test_given_up_and_taken_up_again(app: Flask, world: World, folder: Path, as_: As) -> None:
    made = submitted(app, world, folder)
    quang = as_("quang")
    text = text_of(app, made)
    for act, state in (("take_back", "draft"), ("withdraw", "withdrawn"), ("reopen", "draft"), ("submit", "submitted"),
                       ("withdraw", "withdrawn")):  # fmt: skip
        form = {"act": act, "text": text, "note": ""}
        assert quang.post(f"/writing/{made}", data=form).status_code == 302
        assert state_of(app, made) == state, act
    assert text_of(app, made) == text


def test_a_load_while_somebody_publishes_reads_once_more(
    app: Flask, world: World, folder: Path, editor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = submitted(app, world, folder)
    read, once = loader.content.load, []

    def slowly(*args: object, **more: object) -> object:
        found = read(*args, **more)  # type: ignore[arg-type]
        if not once:
            once.append(1)
            publish(app, world, folder, made)
        return found

    monkeypatch.setattr(loader.content, "load", slowly)
    with app.app_context():
        loader.load_content(folder)
        assert catalogue_queries.step(SLUG, STEP, "vi").title.startswith("Biết ")
