"""What a letter says: the sentences of its topics, in the person's language; no name, never a notice's own words."""

from collections import Counter
from dataclasses import dataclass

from flask_babel import force_locale, gettext, ngettext

from tutoring.notifications.channels import Letter
from tutoring.notifications.topics import TOPICS

INBOX = "/notices"


@dataclass(frozen=True)
class Content:
    """What goes in one letter: for each notice its topic and where it leads."""

    key: str
    user_id: int
    channel: str
    about: tuple[tuple[str, str], ...]


def letter_of(content: Content, language: str) -> Letter:
    """The letter in this language; what is about the same is said once, with how many."""
    counts = Counter(topic for topic, _path in content.about)
    paths = {path or INBOX for _topic, path in content.about}
    with force_locale(language):
        lines = tuple(_line(topic, count) for topic, count in counts.items())
        if len(lines) == 1:
            subject = gettext(TOPICS[next(iter(counts))].sentence).rstrip(".")
        else:
            num = len(content.about)
            subject = ngettext("Bạn có %(num)d thông báo mới", "Bạn có %(num)d thông báo mới", num)
    path = paths.pop() if len(paths) == 1 else INBOX
    return Letter(str(subject), lines, path, content.key, tuple(counts))


def _line(topic: str, count: int) -> str:
    sentence = str(gettext(TOPICS[topic].sentence))
    return sentence if count == 1 else f"{sentence.rstrip('.')} ({count})."
