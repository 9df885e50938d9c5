"""Columns that cannot be read in the database or in a backup of it."""

import logging
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from tutoring.kernel import vault

log = logging.getLogger(__name__)


class Sealed(sa.TypeDecorator[str]):
    """Text that is sealed on its way into the database, for the column named.

    It cannot be searched: what has to be found gets a column with `vault.mark` beside it. Declare it deferred, so that
    only pages which show it open it. Sealed under another key it reads as None.
    """

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return vault.seal(value, self.where) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        try:
            return vault.unseal(bytes(value), self.where)
        except vault.Unreadable:
            log.error("a value of %s was sealed under another key", self.where)
            return None
