"""The word by which a group session remembers the topic from whose page it was announced."""

_KIND = "circle_topic:"


def origin_of(topic_id: int) -> str:
    """The word of a topic."""
    return f"{_KIND}{topic_id}"


def topic_of(origin: str) -> int | None:
    """The topic of a word; None for any other word."""
    number = origin.removeprefix(_KIND)
    return int(number) if origin != number and number.isascii() and number.isdecimal() and len(number) < 10 else None
