"""Optimistic locking of forms: a signed stamp names the version a form was made from.

When two users edit the same object, the later one sees both versions, field by field, and loses no input.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import request
from flask_babel import gettext
from markupsafe import Markup
from wtforms import BooleanField, Field, SelectFieldBase

from tutoring.web import signed_tokens

NAME = "seen_version"
_PURPOSE = "form"
Seen = dict[str, str]


def digest(value: Any) -> str:
    """Returns a short digest of a stored value; None and an empty text are the same."""
    if isinstance(value, set | frozenset):
        value = sorted(value)
    written = json.dumps("" if value is None else value, default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def stamp(stored: Mapping[str, Any], prefix: str = "") -> Markup:
    """Returns the hidden field with digests of the stored values that a form was made from."""
    value = signed_tokens.token(_PURPOSE, {name: digest(one) for name, one in stored.items()})
    return Markup('<input type="hidden" name="{}" value="{}">').format(prefix + NAME, value)


def changed(stored: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Returns the names of values that changed since the submitted form was made.

    A form without a stamp was not made by our pages, and is checked by the other rules alone.
    """
    typed = request.form.get(prefix + NAME)
    if typed is None:
        return []
    try:
        seen = signed_tokens.value(_PURPOSE, typed)
    except ValueError:
        seen = dict.fromkeys(stored, "")
    return [name for name, value in stored.items() if name in seen and seen[name] != digest(value)]


def words_of(field: Field, value: Any) -> Callable[[], str]:
    """Returns a callable that formats the stored value of a field for reading.

    It is called when the page is rendered, because choices may be set later.
    """
    return partial(_words, field, value)


def _words(field: Field, value: Any) -> str:
    if isinstance(field, BooleanField):
        return str(gettext("có") if value else gettext("không"))
    several = value if isinstance(value, list | tuple | set | frozenset) else [value]
    labels = _labels(field) if isinstance(field, SelectFieldBase) else {}
    said = ", ".join(labels.get(str(one), str(one)) for one in several if one not in (None, ""))
    return said or str(gettext("(để trống)"))


def _labels(field: Any) -> dict[str, str]:
    found = {}
    groups = field.choices.values() if isinstance(field.choices, dict) else [field.choices or []]
    for choice in (one for group in groups for one in group):
        value, label = (choice[0], choice[1]) if isinstance(choice, tuple) else (choice.value, choice.label)
        found[str(value)] = str(label)
    return found
