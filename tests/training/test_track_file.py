"""content/training.yml: what is wrong in it is named by file and line, and what is right there is offered."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.lessons.bank import CONTENT, copied
from tests.training.fixtures import TRACKS
from tutoring.cli.content import group
from tutoring.training import tracks
from tutoring.training.tracks import load

LESSONS = {"huong-dan-khong-lam-thay", "otp-khong-doc-cho-ai", "nhan-biet-lua-dao", "doc-mot-thu-tuc"}

# What stands there, what is put in its place, and the rule; the line is that of the change.
BROKEN = {
    "unknown-key": ("    renew_months: 6", "    renews: 6", "extra-forbidden"),
    "unknown-role": ("roles: [lead]", "roles: [boss]", "literal-error"),
    "no-months": ("renew_months: 6", "renew_months: 0", "greater-than-equal"),
    "months-that-are-words": ("renew_months: 6", 'renew_months: "6"', "int-type"),
    "no-lessons": ("lessons: [nhan-biet-lua-dao]", "lessons: []", "too-short"),
    "unknown-lesson": ("lessons: [nhan-biet-lua-dao]", "lessons: [nhan-biet]", "lesson"),
    "lesson-twice": ("lessons: [nhan-biet-lua-dao]", "lessons: [nhan-biet-lua-dao, nhan-biet-lua-dao]", "twice"),
    "seen-and-not-learned": ("witnessed: [doc-mot-thu-tuc]", "witnessed: [nhan-biet-lua-dao]", "witnessed"),
    "two-of-one-id": ("id: quay", "id: khu-pho", "track-id"),
    "no-yaml": ("id: quay", "id: [quay", "yaml"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_named_on_its_line(tmp_path: Path, name: str) -> None:
    before, after, code = BROKEN[name]
    assert TRACKS.count(before) == 1
    at = TRACKS[: TRACKS.index(before)].count("\n") + 1
    (tmp_path / "training.yml").write_text(TRACKS.replace(before, after), "utf-8")
    read = load(tmp_path, LESSONS)
    assert code in {fault.code for fault in read.faults}
    near = [fault.line for fault in read.faults if fault.code == code]
    assert name == "no-yaml" or any(abs(line - at) <= 1 for line in near), (read.faults, at)


def test_a_track_with_a_fault_is_left_out_and_the_others_stand(tmp_path: Path) -> None:
    before, after, _code = BROKEN["unknown-lesson"]
    (tmp_path / "training.yml").write_text(TRACKS.replace(before, after), "utf-8")
    assert [one.id for one in load(tmp_path, LESSONS).tracks] == ["khu-pho", "quay"]
    assert [one.id for one in load(tmp_path).tracks] == ["khu-pho", "quay", "cong-chuc"]  # lessons are not looked up
    assert load(tmp_path / "nowhere").tracks == ()


def test_the_check_of_the_content_reads_it_too(tmp_path: Path) -> None:
    folder = copied(tmp_path / "content")
    (folder / "training.yml").write_text(TRACKS.replace("[nhan-biet-lua-dao]", "[khong-co]"), "utf-8")
    said = CliRunner().invoke(group, ["check", str(folder)])
    line = TRACKS[: TRACKS.index("[nhan-biet-lua-dao]")].count("\n") + 1
    assert said.exit_code == 1 and f"content/training.yml:{line}: không có bài “khong-co”" in said.output


def test_the_tracks_of_the_site_have_no_fault_and_are_for_three_kinds_of_people() -> None:
    slugs = {path.parent.name for path in CONTENT.glob("lessons/*/vi.md")}
    read = load(CONTENT, slugs)
    assert read.faults == ()
    by_roles = {tuple(one.roles) for one in read.tracks}
    assert by_roles == {("lead",), (), ("officer", "coordinator")}


def test_a_process_offers_them_in_the_order_of_the_file(tracks: Path) -> None:
    assert tracks.is_dir() and list(_offered()) == ["khu-pho", "quay", "cong-chuc"]


def _offered() -> list[str]:
    return list(tracks.tracks())
