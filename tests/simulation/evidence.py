"""What the oracle is given: what arrived outside, what was told inside, and what was wrong on purpose."""

import json
import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.fake_services import MailServer, PushService
from tests.simulation.database_reader import read, stamp
from tests.simulation.simulation import Life
from tutoring.notifications.preferences.topics import TOPICS, topic_of
from tutoring.web.i18n import for_pupil


@dataclass(frozen=True)
class Arrived:
    """Something that left the site: to whom, by what, which letter, when, about what (topic → how many)."""

    person: int
    place: str  # mail, sms, or the name of a browser
    way: str
    key: str
    at: float
    about: tuple[tuple[str, int], ...]  # topic as SEEN_AS; "" where a gathered push says only how many
    text: str


@dataclass(frozen=True)
class Told:
    """One notice at one moment, and when it was read after that."""

    notice: int
    person: int
    key: str
    topic: str
    at: float
    read: float
    until: float


@dataclass
class Evidence:
    life: Life
    mail: MailServer
    push: PushService
    texts: list[dict[str, object]]
    ends: float
    late: float  # seconds after which what could go and was not read has arrived: some steps of the clock
    began: float  # when there were workers: what was told before, while people were made, waits for them
    step: float  # seconds of one step of the clock
    rests: float  # when nobody did anything any more: from then on the clock goes by half hours
    mended: float  # when those who were busy took letters again
    bad_mail: frozenset[int] = frozenset()
    busy_mail: frozenset[int] = frozenset()
    bad_phones: frozenset[str] = frozenset()
    busy_phones: frozenset[str] = frozenset()
    bad_numbers: frozenset[int] = frozenset()


@dataclass
class Verdict:
    faults: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)

    def say(self, kind: str, what: object) -> None:
        self.figures[f"fault: {kind}"] += 1
        if self.figures[f"fault: {kind}"] <= 5:
            self.faults.append(f"{kind}: {what}")


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _topics_by_sentence() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for topic, about in TOPICS.items():
        found[about.sentence].append(topic)
    return found


# Topics that say the same sentence look alike outside: what arrived stands for the first of them.
ALIKE = {same[0]: same for same in _topics_by_sentence().values()}
SEEN_AS = {topic: first for first, same in ALIKE.items() for topic in same}
# Each sentence as adults read it, and as pupils do, who read "em".
_SAYS = {
    topic: sorted({said.rstrip(".") for said in (TOPICS[topic].sentence, for_pupil(TOPICS[topic].sentence))})
    for topic in ALIKE
}
_BARE = {topic: [_bare(sentence) for sentence in sentences] for topic, sentences in _SAYS.items()}
_MANY = re.compile(r"(?:Bạn có|Em có|Ban co|Em co) (\d+) (?:thông báo mới|thong bao moi)\.")


def _about(text: str, says: dict[str, list[str]]) -> tuple[tuple[str, int], ...]:
    found = []
    for topic, sentences in says.items():
        any_of = "|".join(map(re.escape, sentences))
        for count in re.findall(rf"(?:^|(?<=: ))[-–• ]*(?:{any_of})(?: \((\d+)\))?\.(?=\s|$)", text, re.M):
            found.append((topic, int(count or 1)))
    if many := _MANY.search(text):
        found.append(("", int(many[1])))
    return tuple(found)


def arrivals(seen: Evidence) -> list[Arrived]:
    people = seen.life.people
    by_mail = {one.mail: one.id for one in people.values() if one.mail}
    by_phone = {phone.name: one.id for one in people.values() for phone in one.phones}
    by_number = {one.number: one.id for one in people.values() if one.number}
    found = []
    for letter in seen.mail.took:
        if letter.to in by_mail:
            plain = letter.message.get_body(("plain",))
            about = _about(str(plain.get_content()) if plain else "", _SAYS)
            text = re.sub(r"^To: .*$", "", letter.text, flags=re.M)
            found.append(Arrived(by_mail[letter.to], "mail", "mail", letter.id, letter.at, about, text))
    for one in seen.push.took:
        about = _about(str(one.told["say"]), _SAYS)
        told = json.dumps(one.told, ensure_ascii=False) + json.dumps(one.headers)
        found.append(Arrived(by_phone[one.browser], one.browser, "push", one.topic, one.at, about, told))
    for text in seen.texts:
        if text["kind"] == "notice":
            about = _about(str(text["text"]), _BARE)
            person, at = by_number[str(text["to"])], float(str(text["at"]))
            found.append(Arrived(person, "sms", "sms", str(text["key"]), at, about, json.dumps(text)))
    return found


def told_of() -> list[Told]:
    rows = {row[0]: row for row in read("SELECT id, user_id, key, until FROM notice")}
    reads: dict[int, list[float]] = defaultdict(list)
    for notice, at in read("SELECT notice_id, at FROM life_read ORDER BY at"):
        reads[notice].append(stamp(at))
    found = []
    for notice, at in read("SELECT notice_id, at FROM life_told ORDER BY at"):
        if notice not in rows:
            continue  # taken away again
        _id, person, key, until = rows[notice]
        moment = stamp(at)
        after = reads[notice][bisect_right(reads[notice], moment) :]
        ends = stamp(until) if until is not None else float("inf")
        found.append(Told(notice, person, key, topic_of(key), moment, after[0] if after else float("inf"), ends))
    return found


def by_letter(arrived: Iterable[Arrived]) -> dict[tuple[str, str], list[Arrived]]:
    found: dict[tuple[str, str], list[Arrived]] = defaultdict(list)
    for one in arrived:
        found[one.place if one.way == "push" else f"{one.way}:{one.person}", one.key].append(one)
    return found
