"""XML documents from plain values; what XML cannot hold is left out."""

import re
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def add_text(parent: Element, tag: str, text: str) -> None:
    """Adds an element with this text; serialization escapes it."""
    SubElement(parent, tag).text = _NOT_XML.sub("", text)


def moment(when: datetime) -> str:
    """Returns a moment as RFC 3339 wants it, in UTC, to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def serialize(root: Element) -> bytes:
    """Returns the document in UTF-8 with its declaration."""
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
