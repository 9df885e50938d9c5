"""The picture of a logo: sanitized like every picture, square, and small enough for every page."""

from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_
from tutoring.safety.image_sanitizer import sanitize

LEAST_SIDE = 192  # what phones ask for on their screen
LARGEST = 150_000  # bytes; each visitor loads it once


def clean(data: bytes) -> tuple[bytes, int]:
    """Returns the redrawn picture and the length of its sides; raises InvalidInput with what to choose instead."""
    db.session.rollback()  # no transaction stays open during the slow work
    try:
        picture = sanitize(data)
    except InvalidInput as refusal:
        raise InvalidInput(refusal.say, code=refusal.code, field="logo", **refusal.params) from None
    if picture.width != picture.height or picture.width < LEAST_SIDE:
        raise InvalidInput(
            N_("Ảnh này có %(width)s × %(height)s điểm. Hãy chọn ảnh vuông, mỗi cạnh từ %(least)s điểm."),
            field="logo", width=picture.width, height=picture.height, least=LEAST_SIDE,
        )  # fmt: skip
    if len(picture.data) > LARGEST:
        raise InvalidInput(N_("Ảnh này nặng quá cho một logo. Hãy chọn ảnh nhỏ hơn, như 512 × 512 điểm."), field="logo")
    return picture.data, picture.width
