"""Which version of a thing a form was made from: a signed stamp in the form, judged when the form comes back.

Of two people who edit one thing the later one sees both versions, field by field, and nothing that was typed is lost.
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
    """A short digest of a stored value; nothing and an empty text are the same."""
    if isinstance(value, set | frozenset):
        value = sorted(value)
    written = json.dumps("" if value is None else value, default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def stamp(stored: Mapping[str, Any], prefix: str = "") -> Markup:
    """The hidden field that says from which stored values a form was made."""
    value = signed_tokens.token(_PURPOSE, {name: digest(one) for name, one in stored.items()})
    return Markup('<input type="hidden" name="{}" value="{}">').format(prefix + NAME, value)


def changed(stored: Mapping[str, Any], prefix: str = "") -> list[str]:
    """The names of what is stored otherwise now than when the form that was sent was made. A form without a stamp
    was made by no page of ours, and is judged by the rules alone."""
    typed = request.form.get(prefix + NAME)
    if typed is None:
        return []
    try:
        seen = signed_tokens.value(_PURPOSE, typed)
    except ValueError:
        seen = dict.fromkeys(stored, "")
    return [name for name, value in stored.items() if name in seen and seen[name] != digest(value)]


def words_of(field: Field, value: Any) -> Callable[[], str]:
    """What is stored in a field now, as one reads it; asked when the page is made, for choices may come later."""
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
