"""The entry of one table in the inventory of personal data, and the words of its columns."""

from dataclasses import dataclass

from tutoring.privacy.purposes import BY_KEY, Purpose

DELETED, EMPTIED, KEPT = "deleted", "emptied", "kept"  # the row is deleted · its content is · it stays, with a user id
ALL, OWN, NONE = "all", "own", "none"  # exported to the user and the guardian · to the user only · to no user


@dataclass(frozen=True)
class Entry:
    """One table of the inventory.

    `of` holds the paths to the users of a row: a column, or columns of one table after the other, such as
    "message_id>author_id". The first path leads to the author of the content. The others lead to further users whom
    the row concerns.
    """

    table: str
    purpose_key: str
    of: tuple[str, ...]
    fate: str
    why: str = ""  # why the row stays, or is not exported
    export: str = ALL
    hidden: tuple[str, ...] = ()  # columns that are not exported, besides secrets and ids of other users
    days: int | None = None  # the nightly job deletes the row so many days after `since`
    since: str = ""
    say: str = ""  # the count as text, for the page that shows what is stored

    @property
    def purpose(self) -> Purpose:
        return BY_KEY[self.purpose_key]


SECRET = "proof of who somebody is; of use to nobody but a thief"
BOTH = "the other side's record too; under a number alone"
WATCH = "says who could see rooms with children at that time; under a number alone"
PROOF = "the proof that the law asks for; under numbers alone"
SAFE = "would tell whom the safety rules watch, and what for"
ABOUT = "it is about the learner: the text is in the learner's copy, the helper's copy says when it was written"
