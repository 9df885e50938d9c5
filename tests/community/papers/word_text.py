"""What a Word file holds: its parts as XML, and its words as a reader sees them."""

import io
import zipfile
from xml.etree import ElementTree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def part_of(file: bytes, name: str) -> ElementTree.Element:
    """One part of the package, such as word/document.xml."""
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        assert package.testzip() is None
        return ElementTree.fromstring(package.read(name))


def lines_of(file: bytes) -> list[ElementTree.Element]:
    """The paragraphs of the document with words in them, those in tables too, from top to bottom."""
    return [one for one in part_of(file, "word/document.xml").iter(f"{W}p") if words_in(one)]


def words_in(part: ElementTree.Element) -> str:
    return "".join(one.text or "" for one in part.iter(f"{W}t"))


def text_of(file: bytes) -> str:
    """All words, a line for each paragraph."""
    return "\n".join(map(words_in, lines_of(file)))
