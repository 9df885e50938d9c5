"""Pages of lists by cursor: a cursor names the last item of a page, so that new items shift nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from tutoring.api.operations import InvalidFields

T = TypeVar("T")
Key = tuple[str | int, ...]


def to_cursor(key: Key) -> str:
    """Returns the cursor of an item by its key in the order of the list."""
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def from_cursor(cursor: str, *kinds: type) -> Key:
    """Returns the key in a cursor; raises InvalidFields unless it has parts of these kinds.

    Numbers are ids: one that no id can have would be an error of the database.
    """
    try:
        found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    fits = isinstance(found, list) and len(found) == len(kinds)
    if not fits or not all(_is_key(part, kind) for part, kind in zip(found or (), kinds, strict=False)):
        raise unknown_cursor()
    return tuple(found or ())


def _is_key(part: object, kind: type) -> bool:
    return type(part) is kind and (not isinstance(part, int) or 0 <= part < 2**31)


def unknown_cursor() -> InvalidFields:
    """Returns the refusal of a cursor that names no item."""
    return InvalidFields([{"field": "cursor", "reason": "unknown"}])


def page_of(
    items: Sequence[T], key: Callable[[T], Key], cursor: str, limit: int, *kinds: type
) -> tuple[list[T], str | None]:
    """Returns a page of a list that is sorted by `key`, and the cursor of the next page."""
    after = from_cursor(cursor, *kinds) if cursor else None
    rest = [one for one in items if after is None or key(one) > after]
    page = rest[:limit]
    return page, to_cursor(key(page[-1])) if len(rest) > limit else None
