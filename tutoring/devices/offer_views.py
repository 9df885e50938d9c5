"""Pages of offers: to give or lend a machine, and what became of it."""

from tutoring.devices import ledger  # noqa: F401
