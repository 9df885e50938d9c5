"""Commands of disclosures: encrypt the text, mark it as read, hide it on a shared phone."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock, encryption
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.safety.findings import Hit
from tutoring.safety.screening import NEVER_KEPT, disclosing_hits, mask_hits
from tutoring.welfare.events import DangerDisclosed, DisclosureRead
from tutoring.welfare.models import Disclosure
from tutoring.welfare.queries import encryption_context, unit_for

HEARD = N_("Hãy gọi 111 ngay. Người lớn ở đây được báo.")


@command
def disclose(
    author: User, door: str, text: str, hits: Collection[Hit], *, unit_id: int | None = None, place: str = ""
) -> Disclosure:
    """Encrypts a text and publishes it to the staff in charge, in the caller's transaction."""
    level = next((hit.level for hit in hits if hit.kind == "distress"), "") or "ambiguous"
    made = Disclosure(
        author_id=author.id, unit_id=unit_id if unit_id is not None else unit_for(author.id), door=door, place=place,
        level=level,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    made.sealed = encryption.encrypt(mask_hits(text, disclosing_hits(hits, NEVER_KEPT)), encryption_context(made.id))
    db.session.flush()
    publish(DangerDisclosed(made.id))
    return made


@command
def note_read(actor: User, disclosures: Sequence[Disclosure]) -> None:
    """Marks these disclosures as opened by staff; their authors are notified."""
    fresh = [one for one in disclosures if one.opened_at is None]
    for one in fresh:
        one.opened_at, one.opened_by_id = clock.now(), actor.id
    for author_id in sorted({one.author_id for one in fresh if one.author_id is not None}):
        publish(DisclosureRead(author_id))


@command
def hide(author: User) -> None:
    """Hides all cards and disclosures from their author's own pages."""
    db.session.execute(
        sa.update(Disclosure)
        .where(Disclosure.author_id == author.id, Disclosure.hidden_at.is_(None))
        .values(hidden_at=clock.now())
    )
