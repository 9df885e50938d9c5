"""Texts for gateways that send approved templates only, such as Zalo; docs/zalo.md lists them for approval.

A template has named parameters: the name of a place, a day, a number, a path. None is ever a person's name.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tutoring.notifications.preferences.topics import TOPICS

LONGEST = 30  # characters of a parameter
OTHER, CODE = "other", "code"  # several topics or one without a template of its own; the code that confirms a number


@dataclass(frozen=True)
class Template:
    """A text for approval. A parameter stands as `<name>`; the button opens the site's address with `<path>`."""

    text: str
    params: tuple[str, ...]


def _of_topic(topic: str) -> Template:
    text = f"Cùng Học ở <unit>: {TOPICS[topic].sentence} Ngày <day>. Bấm nút bên dưới để xem."
    return Template(text, ("unit", "day", "path"))


# Topics that go out as short messages by default, and those of danger, each have a text of their own.
OWN = ("answers", "sessions", "visits", "site", "danger", "alarm", "alarm-test")
TEMPLATES: dict[str, Template] = {topic: _of_topic(topic) for topic in OWN} | {
    OTHER: Template(
        "Cùng Học ở <unit>: Bạn có <count> thông báo mới. Ngày <day>. Bấm nút bên dưới để xem.",
        ("unit", "day", "count", "path"),
    ),
    CODE: Template(
        "Mã xác nhận số điện thoại trên Cùng Học: <code>. Dùng trong 10 phút, không đưa mã cho ai.", ("code",)
    ),
}


def template_of(topics: Collection[str]) -> str:
    """Returns the name of the template for a letter about these topics."""
    [topic] = topics if len(topics) == 1 else [OTHER]
    return topic if topic in TEMPLATES else OTHER


def parameters(name: str, **values: str) -> dict[str, str]:
    """Returns exactly the parameters of a template, each cut to the longest that a provider takes."""
    return {param: values[param][:LONGEST] for param in TEMPLATES[name].params}


def check_ids(ids: Mapping[str, str]) -> None:
    """Checks the setting `SMS_TEMPLATES`, the provider's id of each approved template; raises ValueError."""
    for name, number in ids.items():
        if name not in TEMPLATES or not (number.isascii() and number.isalnum()):
            raise ValueError(f"SMS_TEMPLATES: {name}={number} is no known name with the provider's id (docs/zalo.md)")
