"""Topics of help requests as a user sees them: a few tiles first, then a search, then all by group.

Pupils are offered no topics of staff.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.kernel.text import N_, contains_words, search_text
from tutoring.kernel.text import words as folded_words
from tutoring.lessons.catalogue.localized import StepText
from tutoring.lessons.catalogue.models import SOURCE, Lesson

MAX_TILES = 8
MAX_FOUND = 8  # topics that the search shows

# The picture of each topic that stands on a tile; a lesson of the topic has the same one.
PICTURES = {
    "hoc.vao-lop": "link",
    "hoc.mic-camera": "studio-microphone",
    "hoc.mat-tieng-mat-hinh": "headphone",
    "hoc.nop-bai": "memo",
    "thiet-bi.mang": "antenna-bars",
    "thiet-bi.go-tieng-viet": "keyboard",
    "thiet-bi.mat-khau": "locked-with-key",
    "gia-dinh.quan-ly-may": "gear",
    "gia-dinh.lien-lac": "notebook",
    "gia-dinh.hoc-phi": "coin",
    "an-toan.lua-dao": "fishing-pole",
    "an-toan.bat-nat": "telephone-receiver",
    "dvc.vneid": "identification-card",
    "dvc.dang-nhap": "key",
    "dvc.nop-ho-so": "card-index-dividers",
    "dvc.tam-tru": "house",
    "dvc.tuyen-sinh": "school",
    "dvc.the-tren-may": "stethoscope",
    "dvc.tra-cuu": "hourglass-not-done",
}
_PUPIL = (
    "hoc.vao-lop", "hoc.mic-camera", "hoc.mat-tieng-mat-hinh", "hoc.nop-bai", "thiet-bi.mang",
    "thiet-bi.go-tieng-viet", "thiet-bi.mat-khau", "an-toan.bat-nat",
)  # fmt: skip
_PARENT = (
    "hoc.vao-lop", "hoc.mat-tieng-mat-hinh", "hoc.nop-bai", "gia-dinh.lien-lac", "gia-dinh.hoc-phi",
    "gia-dinh.quan-ly-may", "dvc.tuyen-sinh", "dvc.vneid",
)  # fmt: skip
_RESIDENT = (
    "dvc.vneid", "dvc.dang-nhap", "dvc.nop-ho-so", "dvc.tam-tru", "dvc.the-tren-may", "dvc.tra-cuu",
    "thiet-bi.mang", "an-toan.lua-dao",
)  # fmt: skip
_GROUPS = {
    "hoc": N_("Học trực tuyến"),
    "thiet-bi": N_("Máy và mạng"),
    "gia-dinh": N_("Cha mẹ và con"),
    "an-toan": N_("An toàn trên mạng"),
    "dvc": N_("Dịch vụ công"),
    "mon": N_("Bài ở trường"),
    "dong-hanh": N_("Giúp người khác"),
    "can-bo": N_("Việc của cán bộ"),
}
_STAFF_GROUPS = frozenset({"can-bo"})


@dataclass(frozen=True)
class Tile:
    """One of the topics offered first; the picture names a file of the picture set."""

    topic: str
    name: str
    picture: str


def tiles_for(person: User, is_parent: bool, names: Mapping[str, str]) -> list[Tile]:
    """Returns at most eight topics that people like this one ask about most; `names` are those in the catalogue."""
    chosen = _PUPIL if person.kind != "adult" else _PARENT if is_parent else _RESIDENT
    return [Tile(topic, names[topic], PICTURES[topic]) for topic in chosen if topic in names][:MAX_TILES]


def names_for(person: User, names: Mapping[str, str]) -> dict[str, str]:
    """Returns the topics that this user may choose: no topics of staff for minors."""
    return {
        topic: name for topic, name in names.items() if person.kind == "adult" or _group(topic) not in _STAFF_GROUPS
    }


def _group(topic: str) -> str:
    return topic.partition(".")[0]


def groups_of(names: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Returns these topics by group heading (a msgid)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for topic, name in names.items():
        found.setdefault(_GROUPS.get(_group(topic), N_("Việc khác")), []).append((topic, name))
    return found


def find(typed: str, groups: Mapping[str, Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Returns the topics whose name holds all words of a search, then those whose group does; accents do not matter.

    The last word may be unfinished. `groups` has translated headings. The script of the page finds the same.
    """
    looked_for = folded_words(typed)
    if not looked_for:
        return []
    by_name, by_group = [], []
    for heading, rows in groups.items():
        for topic, name in rows:
            if contains_words(search_text(name), looked_for):
                by_name.append((topic, name))
            elif contains_words(search_text(f"{name} {heading}"), looked_for):
                by_group.append((topic, name))
    return [*by_name, *by_group][:MAX_FOUND]


def topic_of(lesson: Lesson, step: StepText | None) -> str:
    """Returns the topic of a request from a step: the step's own, else the first that its lesson teaches."""
    if step is not None and step.stuck:
        return str(step.stuck["topic"])
    return str(lesson.facts["teaches"][0])


# What a user can send in one tap when a step goes wrong: as a pupil says it, as an adult says it.
_PUPIL_SENTENCES = (
    N_("Em làm theo rồi mà không được."),
    N_("Máy em không giống hình trong bài."),
    N_("Em không hiểu bước này."),
)
_ADULT_SENTENCES = (
    N_("Tôi làm theo rồi mà không được."),
    N_("Máy tôi không giống hình trong bài."),
    N_("Tôi không hiểu bước này."),
)
_SELF = re.compile(r"\b(?:tôi|em)\b", re.IGNORECASE)


def ready_sentences(pupil: bool, step: StepText | None) -> list[str]:
    """Returns the sentences offered at a step in the user's voice: the step's own, then msgids for any step."""
    own = []
    if step is not None and step.stuck:
        said = str(step.stuck["ask"])
        own = [_SELF.sub(lambda found: _as_self(found[0], pupil), said) if step.lang == SOURCE else said]
    return [*own, *(_PUPIL_SENTENCES if pupil else _ADULT_SENTENCES)]


def _as_self(word: str, pupil: bool) -> str:
    """Lessons are written for one reader, but both a pupil and a parent read them."""
    own = "em" if pupil else "tôi"
    return own.capitalize() if word[0].isupper() else own


def device_from(user_agent: str) -> str:
    """Returns the kind of device that a browser states, as a value of the form; `other` when it states none."""
    if "Android" in user_agent:
        return "android"
    if "iPhone" in user_agent or "iPad" in user_agent:
        return "iphone"
    return "computer" if any(name in user_agent for name in ("Windows", "Macintosh", "X11", "CrOS")) else "other"
