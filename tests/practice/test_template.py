"""A new scenario is laid out whole: it lacks nothing but words, and editors know its format."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from tests.lessons.bank import CONTENT
from tutoring.cli.content import FORMATS, group
from tutoring.lessons.content.json_schemas import schemas
from tutoring.practice.content import load_file
from tutoring.practice.content.scenario_template import text_of
from tutoring.practice.engine import simulator
from tutoring.practice.engine.field_rules import RULES

NEW = ("new-scenario", "tap-thu", "--title", "Tập thử: “một” #2", "--lesson", "nop-phi-truc-tuyen")
SKILL = ("--skill", "dvc.nop-phi")
LESSONS, SKILLS = {"nop-phi-truc-tuyen"}, {"dvc.nop-phi", "an-toan.lua-dao"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder with one lesson and one scenario."""
    made = tmp_path / "content"
    for name in ("paths", "lessons/nop-phi-truc-tuyen", "lessons/dang-nhap-cong-quoc-gia"):
        shutil.copytree(CONTENT / name, made / name)
    (made / "scenarios").mkdir()
    shutil.copy(CONTENT / "scenarios" / "ban-sao-khai-sinh.yml", made / "scenarios")
    shutil.copy(CONTENT / "skills.yml", made)
    return made


def run(folder: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(group, [*words, "--content", str(folder)])
    return result.exit_code, result.output


def test_a_new_scenario_waits_for_words_and_for_nothing_else(folder: Path) -> None:
    status, said = run(folder, *NEW, *SKILL)
    file = folder / "scenarios" / "tap-thu.yml"
    assert (status, said.strip()) == (0, str(file))
    lines = file.read_text("utf-8").splitlines()
    waiting = {n for n, line in enumerate(lines, 1) if "VIẾT:" in line}
    read = load_file(file, LESSONS, SKILLS)
    assert {one.code for one in read.faults} == {"to-write"}
    assert {one.line for one in read.faults} == waiting and len(waiting) > 25
    checked = CliRunner().invoke(group, ["check", str(folder)]).output.splitlines()
    assert [line for line in checked if "tap-thu" in line and not line.startswith("warning: ")] == [
        str(one) for one in read.faults
    ]


def test_a_scenario_with_all_its_words_can_be_rehearsed(folder: Path) -> None:
    run(folder, *NEW, *SKILL)
    file = folder / "scenarios" / "tap-thu.yml"
    file.write_text(file.read_text("utf-8").replace("VIẾT:", "Lời"), "utf-8")
    read = load_file(file, LESSONS, SKILLS)
    assert read.faults == ()
    assert {one.code for one in read.warnings} == {"unchecked", "unverified"}
    assert read.scenario is not None
    assert (read.scenario.title.vi, read.scenario.order) == ("Tập thử: “một” #2", 40)
    ends = [simulator.replay(read.scenario, read.scenario.events(walk)) for walk in read.scenario.walks]
    assert [(one.screen, len(one.slips), [trap.bad for trap in one.traps]) for one in ends] == [
        ("ket-thuc", 0, [False]),
        ("ket-thuc", 1, [False]),
        ("theo-doi", 0, [True]),
    ]


def test_what_a_title_says_is_never_filled_in() -> None:
    title = 'Tập “@skill@”: {vi: "@todo@"} «x» \\'
    assert yaml.safe_load(text_of("a", title, "b", "c.d", 10))["title"]["vi"] == title


@pytest.mark.parametrize(
    ("id", "lesson", "skill", "said"),
    [
        ("Tập Thử", "nop-phi-truc-tuyen", "dvc.nop-phi", "ID"),
        ("tap-thu", "khong-co", "dvc.nop-phi", "--lesson"),
        ("tap-thu", "nop-phi-truc-tuyen", "dvc.khong", "--skill"),
        ("ban-sao-khai-sinh", "nop-phi-truc-tuyen", "dvc.nop-phi", "ID"),
    ],
)
def test_a_new_scenario_with_a_wrong_name_or_place_is_refused(
    folder: Path, id: str, lesson: str, skill: str, said: str
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.yml")}
    status, output = run(folder, "new-scenario", id, "--title", "A", "--lesson", lesson, "--skill", skill)
    assert status == 2 and f"Invalid value for {said}:" in output
    assert {path: path.read_bytes() for path in folder.rglob("*.yml")} == before


def test_the_command_writes_the_schema_of_scenarios_beside_the_others(tmp_path: Path) -> None:
    names = CliRunner().invoke(group, ["schema", str(tmp_path)]).output.splitlines()
    assert sorted(names) == sorted(schemas(FORMATS)) == sorted(path.name for path in tmp_path.iterdir())
    scenario = json.loads((tmp_path / "scenario.json").read_text("utf-8"))
    assert {"training_only", "persona", "screens", "goals", "walks"} <= set(scenario["required"])
    assert scenario["properties"]["training_only"]["const"] is True
    assert scenario["additionalProperties"] is False


def keys() -> set[str]:
    """Every word that may stand before a colon in a scenario and is not a name its author gives."""
    schema = FORMATS["scenario"].model_json_schema()
    return {key for part in (schema, *schema["$defs"].values()) for key in part.get("properties", ())}


def test_the_guide_for_volunteers_names_every_key() -> None:
    guide = (CONTENT / "README.md").read_text("utf-8").partition("## Viết bài tập luyện")[2]
    assert {word for word in keys() | set(RULES) if not re.search(rf"(?:[`{{]|, ){word}[`:]", guide)} == set()
