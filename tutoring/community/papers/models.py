"""The table of letterheads: what a unit's papers say of the office that issues them."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel.db import Model

# How long each value may be: what fits into its place on the sheet.
LONGEST = {"above": 120, "office": 120, "symbol": 30, "place": 60, "addressee": 400, "signer": 120, "recipients": 400}


class Letterhead(Model):
    """The letterhead of one unit. An empty value is a dotted line on paper; nothing is made up."""

    __tablename__ = "letterhead"

    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True)
    above: Mapped[str] = mapped_column(default="")  # cơ quan chủ quản
    office: Mapped[str] = mapped_column(default="")  # cơ quan ban hành
    symbol: Mapped[str] = mapped_column(default="")  # chữ viết tắt trong ký hiệu, như UBND
    place: Mapped[str] = mapped_column(default="")  # địa danh
    addressee: Mapped[str] = mapped_column(default="")  # kính gửi, one a line
    signer: Mapped[str] = mapped_column(default="")  # quyền hạn, chức vụ người ký, one a line
    recipients: Mapped[str] = mapped_column(default="")  # nơi nhận, one a line
