"""Loads the lesson catalogue from a folder laid out like content/.

`load` reads and checks everything at once. It never raises for the content of a file: faults are returned with file
and line, and only lessons without a fault are returned. It uses no clock and no database.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tutoring.kernel import logs
from tutoring.kernel.text import words
from tutoring.lessons.content import strict_yaml
from tutoring.lessons.content.diagnostics import Diagnostics
from tutoring.lessons.content.lesson_builder import read_lesson
from tutoring.lessons.content.lesson_parser import ReferenceTargets
from tutoring.lessons.content.schema import (
    MAX_SYNONYM_WORDS,
    STAFF_FROM,
    Fact,
    FactsFile,
    LabelsFile,
    Named,
    PathFile,
    SkillsFile,
    SubjectsFile,
    SynonymsFile,
)
from tutoring.lessons.content.strict_yaml import Parsed
from tutoring.lessons.content.style import check as style_check
from tutoring.lessons.content.types import (
    SOURCE,
    SOURCE_FILE,
    FileKey,
    LearningPath,
    Lesson,
    LessonContent,
    LessonText,
    Place,
    Skill,
    Subject,
)
from tutoring.lessons.content.validation import NO_PICTURE
from tutoring.lessons.content.validation_messages import problems

log = logging.getLogger(__name__)
Model = TypeVar("Model", bound=BaseModel)
SAFETY = "an-toan-so"
NOTHING: Mapping[FileKey, str] = MappingProxyType({})
AS_SHIPPED: Mapping[str, Fact] = MappingProxyType({})


def load(
    folder: Path, today: dt.date | None = None, texts: Mapping[FileKey, str] = NOTHING,
    edited: Mapping[str, Fact] = AS_SHIPPED,
) -> LessonContent:  # fmt: skip
    """Reads and checks a folder laid out like content/.

    Without `today` no review counts as overdue. `texts` replace those files of lessons, whether such
    a file exists or not. `edited` facts replace those of facts.yml.
    """
    noted: list[Diagnostics] = []
    facts = {**_facts(folder, noted), **edited}
    skills = _skills(folder, noted)
    pictures = _pictures(folder)
    paths = _paths(folder, noted, pictures)
    slugs = sorted({*_slugs(folder), *(slug for slug, name in texts if name == SOURCE_FILE)})
    around = _around(slugs, paths, skills, facts, today, pictures, _labels(folder, noted))
    lessons: list[Lesson] = []
    for slug in slugs:
        lesson, notes = _read(folder, slug, around, {name: text for (of, name), text in texts.items() if of == slug})
        noted += notes
        if lesson is not None:
            lessons.append(lesson)
    noted += _across(folder, lessons)
    faulty = {one.file for notes in noted for one in notes.faults}
    good = [one for one in lessons if f"{_shown(folder, one.id)}/vi.md" not in faulty]
    at = {one.id: one.order for one in paths}
    return LessonContent(
        paths=tuple(paths),
        lessons=tuple(sorted(good, key=lambda one: (at[one.path], one.order, one.id))),
        skills=tuple(skills),
        subjects=_subjects(folder, noted),
        synonyms=_synonyms(folder, noted),
        facts={key: fact.model_dump(mode="json") for key, fact in facts.items()},
        faults=tuple(sorted({one for notes in noted for one in notes.faults})),
        warnings=tuple(sorted({one for notes in noted for one in notes.warnings})),
        broken=frozenset(slugs) - {one.id for one in good},
    )


def _read(
    folder: Path, slug: str, around: ReferenceTargets, written: Mapping[str, str]
) -> tuple[Lesson | None, list[Diagnostics]]:
    """Reads one lesson.

    An unexpected exception becomes a fault, so the other lessons are still read.
    """
    shown = _shown(folder, slug)
    try:
        return read_lesson(lesson_folder(folder, slug), shown, around, written)
    except Exception:
        log.exception("lesson content: %s", logs.LogSafe(shown))
        notes = Diagnostics(f"{shown}/vi.md")
        notes.fault(1, "unreadable", "có chỗ máy không hiểu được; người chạy máy chủ xem nhật ký")
        return None, [notes]


def around(
    folder: Path, others: Iterable[str], today: dt.date | None, edited: Mapping[str, Fact] = AS_SHIPPED
) -> ReferenceTargets:
    """Returns what a lesson may refer to in a folder; `others` are lessons known from elsewhere."""
    noted: list[Diagnostics] = []
    slugs = {*_slugs(folder), *others}
    facts = {**_facts(folder, noted), **edited}
    pictures = _pictures(folder)
    paths, skills, labels = _paths(folder, noted, pictures), _skills(folder, noted), _labels(folder, noted)
    return _around(slugs, paths, skills, facts, today, pictures, labels)


def facts_of(folder: Path) -> Mapping[str, Fact]:
    """Returns the facts as they stand in the folder."""
    return _facts(folder, [])


def pictures_of(folder: Path) -> frozenset[str]:
    """Returns the names of pictures that a path or a lesson may have."""
    return _pictures(folder)


def lesson_folder(folder: Path, slug: str) -> Path:
    return folder / "lessons" / slug


def _shown(folder: Path, slug: str) -> str:
    return f"{folder.name}/lessons/{slug}"


def _slugs(folder: Path) -> set[str]:
    return {one.name for one in folder.glob("lessons/*") if one.is_dir()}


def _around(
    slugs: Iterable[str], paths: list[LearningPath], skills: list[Skill], facts: Mapping[str, Fact],
    today: dt.date | None, pictures: frozenset[str], labels: Mapping[str, Mapping[str, str]],
) -> ReferenceTargets:  # fmt: skip
    return ReferenceTargets(
        frozenset(slugs), frozenset(one.id for one in paths), frozenset(one.id for one in skills), facts, today,
        frozenset(one.id for one in paths if one.order >= STAFF_FROM), pictures, labels,
    )  # fmt: skip


# ---- the small files -------------------------------------------------------------------------------------


def _file(
    folder: Path, name: str, model: type[Model], noted: list[Diagnostics], needed: bool
) -> tuple[Model | None, Parsed]:
    notes, parsed = Diagnostics(f"{folder.name}/{name}"), Parsed(None, None)
    noted.append(notes)
    if not (folder / name).is_file():
        if needed:
            notes.fault(1, "file-missing", "thiếu tệp này")
        return None, parsed
    text = notes.text(folder / name)
    if text is None:
        return None, parsed
    try:
        return _validated(text, model)
    except strict_yaml.YamlFault as error:
        notes.fault(error.line, "yaml", error.say)
    except ValidationError as error:
        parsed = strict_yaml.parse(text)
        for line, code, say in problems(error, parsed):
            notes.fault(line, code, say)
    return None, parsed


# The text is the key. A folder has fewer files: a smaller cache, read in a circle, would never hit.
@lru_cache(maxsize=64)
def _validated(text: str, model: type[Model]) -> tuple[Model, Parsed]:
    parsed = strict_yaml.parse(text)
    return model.model_validate(parsed.data), parsed


def _names(named: Named) -> dict[str, str]:
    return {SOURCE: named.vi} | ({"en": named.en} if named.en else {})


def _facts(folder: Path, noted: list[Diagnostics]) -> Mapping[str, Fact]:
    file, parsed = _file(folder, "facts.yml", FactsFile, noted, needed=False)
    for key, fact in file.facts.items() if file else ():
        if fact.verified_on is None:
            noted[-1].warn(
                parsed.line(("facts", key)), "fact-unverified", f"“{key}” chưa có người kiểm tra (verified_on)"
            )
        if fact.meaning is None or fact.meaning.en is None:
            say = f"“{key}” chưa nói là số hay tên của điều gì (meaning, tiếng Việt và tiếng Anh)"
            noted[-1].warn(parsed.line(("facts", key)), "fact-meaning", say)
    return file.facts if file else {}


def _skills(folder: Path, noted: list[Diagnostics]) -> list[Skill]:
    file, parsed = _file(folder, "skills.yml", SkillsFile, noted, needed=True)
    found: dict[str, Skill] = {}
    for n, entry in enumerate(file.skills if file else (), 1):
        if entry.id in found:
            noted[-1].fault(parsed.line(("skills", n - 1)), "skill-id", f"kỹ năng “{entry.id}” khai hai lần")
        found[entry.id] = Skill(entry.id, n, entry.kns, _names(entry.name))
    return list(found.values())


def _subjects(folder: Path, noted: list[Diagnostics]) -> tuple[Subject, ...]:
    file, parsed = _file(folder, "subjects.yml", SubjectsFile, noted, needed=False)
    found: dict[str, Subject] = {}
    for n, entry in enumerate(file.subjects if file else ()):
        first, last = entry.grades
        if entry.id in found:
            noted[-1].fault(parsed.line(("subjects", n)), "subject-id", f"môn “{entry.id}” khai hai lần")
        if first > last:
            noted[-1].fault(parsed.line(("subjects", n)), "grades", f"môn “{entry.id}”: lớp đầu đứng trước lớp cuối")
        found[entry.id] = Subject(entry.id, range(first, last + 1), _names(entry.name))
    return tuple(found.values())


def _synonyms(folder: Path, noted: list[Diagnostics]) -> dict[str, tuple[str, ...]]:
    file, parsed = _file(folder, "synonyms.yml", SynonymsFile, noted, needed=False)
    for term in file.synonyms if file else ():
        if len(words(term)) > MAX_SYNONYM_WORDS:
            line = parsed.line(("synonyms", term))
            noted[-1].fault(line, "synonym", f"“{term}” có hơn {MAX_SYNONYM_WORDS} tiếng nên ô tìm không nhận ra")
    return {term: tuple(means) for term, means in file.synonyms.items()} if file else {}


def _labels(folder: Path, noted: list[Diagnostics]) -> Mapping[str, Mapping[str, str]]:
    """Returns the words of pictures of screens by language."""
    file, _parsed = _file(folder, "screens.yml", LabelsFile, noted, needed=False)
    return file.labels if file else {}


def _pictures(folder: Path) -> frozenset[str]:
    """Returns the names of pictures that a path or a lesson may have."""
    file = folder / "pictures.txt"
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return frozenset(name for line in lines if (name := line.partition("#")[0].strip()))


def _paths(folder: Path, noted: list[Diagnostics], pictures: frozenset[str]) -> list[LearningPath]:
    found: list[LearningPath] = []
    for name in sorted(one.name for one in folder.glob("paths/*.yml")):
        file, parsed = _file(folder, f"paths/{name}", PathFile, noted, needed=True)
        if file is None:
            continue
        if name != f"{file.id}.yml":
            noted[-1].fault(parsed.line(("id",)), "folder", f"id “{file.id}” phải trùng tên tệp “{name}”")
        if taken := next((one.id for one in found if one.order == file.order), None):
            noted[-1].fault(parsed.line(("order",)), "order", f"order {file.order} đã là chỗ của lộ trình “{taken}”")
        if file.picture and file.picture not in pictures:
            noted[-1].fault(parsed.line(("picture",)), "picture-unknown", NO_PICTURE.format(file.picture))
        titles, summaries = _names(file.title), _names(file.summary)
        texts = {lang: LessonText(titles[lang], summaries.get(lang, summaries[SOURCE])) for lang in titles}
        found.append(LearningPath(file.id, file.order, texts, file.picture or "", file.hue or ""))
    return sorted(found, key=lambda one: (one.order, one.id))


# ---- between lessons -------------------------------------------------------------------------------------


def place_of(lesson: Lesson) -> Place:
    """Returns what other lessons need to know about this one."""
    return Place(lesson.id, lesson.path, lesson.order, lesson.requires)


def _across(folder: Path, lessons: Sequence[Lesson]) -> list[Diagnostics]:
    """Runs the checks that need all lessons.

    When two lessons claim the same place, the fault is reported for the later id.
    """
    known = {one.id: place_of(one) for one in lessons}
    noted = []
    for lesson in lessons:
        notes = Diagnostics(f"{_shown(folder, lesson.id)}/vi.md")
        before = [one for one in known.values() if one.id < lesson.id]
        check_against_others(lesson, known, before, notes)
        noted.append(notes)
    together = Diagnostics(f"{folder.name}/lessons")
    style_check.check_bank(lessons, together)
    return [*noted, together]


def check_against_others(
    lesson: Lesson, known: Mapping[str, Place], before: Iterable[Place], notes: Diagnostics
) -> None:
    """Reports cycles, a place already taken by a lesson of `before`, and wrong `see` links.

    A `see` link must lead to a lesson of the safety path.
    """
    if _leads_back(lesson, known):
        notes.fault(1, "cycle", f"requires đi vòng: muốn học “{lesson.id}” phải học “{lesson.id}” trước")
    taken = next((one.id for one in before if (one.path, one.order) == (lesson.path, lesson.order)), None)
    if taken:
        notes.fault(1, "order", f"order {lesson.order} đã là chỗ của bài “{taken}” trong lộ trình này")
    for see in _seen(lesson):
        if see in known and known[see].path != SAFETY:
            notes.fault(1, "see", f"see “{see}” phải là bài của lộ trình {SAFETY}")


def _leads_back(lesson: Lesson, known: Mapping[str, Place]) -> bool:
    ahead = list(lesson.requires)
    passed: set[str] = set()
    while ahead:
        one = ahead.pop()
        if one == lesson.id:
            return True
        if one in known and one not in passed:
            passed.add(one)
            ahead += known[one].requires
    return False


def _seen(lesson: Lesson) -> list[str]:
    blocks = [block for step in lesson.steps for block in step.texts[SOURCE].blocks]
    return [item["see"] for block in blocks for item in block.get("items", ()) if item["see"]]
