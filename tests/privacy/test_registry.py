"""The registry of personal data is complete and true: what is not in it cannot be shown, exported or erased."""

import pytest

from tutoring import features
from tutoring.privacy import personal_columns, processing_record
from tutoring.privacy.data_inventory import DATA_INVENTORY
from tutoring.privacy.impersonal_columns import NOT_PERSONAL
from tutoring.privacy.inventory_entries import EMPTIED, KEPT, NONE
from tutoring.privacy.purposes import BASES, BY_KEY, PURPOSES


@pytest.fixture(autouse=True, scope="module")
def _every_table() -> None:
    """The tables of all features are known, also when this file runs first."""
    features.load()


def test_every_table_that_holds_something_of_people_stands_in_it() -> None:
    assert personal_columns.unlisted() == []


def test_every_column_that_smells_of_people_is_marked_or_said_not_to_be_personal() -> None:
    assert personal_columns.unmarked() == []


def test_it_names_nothing_that_there_is_not() -> None:
    assert personal_columns.untrue() == []


def test_every_marked_column_has_an_entry() -> None:
    columns = [column for table in personal_columns.tables() for column in table.columns]
    marked = {(column.table.name, column.name) for column in columns if column.info.get("personal")}
    assert {(entry.table, entry.column) for entry in personal_columns.entries()} == marked
    assert len(marked) >= 70  # the test can fail


def test_nothing_is_said_twice_and_every_purpose_is_used() -> None:
    assert len({held.table for held in DATA_INVENTORY}) == len(DATA_INVENTORY)
    assert {held.purpose_key for held in DATA_INVENTORY} == set(BY_KEY)
    assert all(purpose.basis in BASES for purpose in PURPOSES)


def test_what_stays_or_is_not_exported_says_why() -> None:
    silent = [one.table for one in DATA_INVENTORY if not one.why and (one.fate == KEPT or one.export == NONE)]
    assert silent == []
    assert all(NOT_PERSONAL.values())


def test_secrets_and_other_peoples_numbers_are_never_exported() -> None:
    for held in DATA_INVENTORY:
        columns = personal_columns.exported_columns(held)
        for name in columns:
            column = personal_columns.table(held.table).columns[name]
            assert column.info.get("personal") != "secret", (held.table, name)
            assert not name.endswith("_mark"), (held.table, name)
            assert not personal_columns.of_people(column) or name in held.of, (held.table, name)


def test_the_papers_of_the_law_hold_the_whole_registry() -> None:
    rows = [row.table for part in processing_record.parts() for row in part.rows]
    assert sorted(rows) == sorted(held.table for held in DATA_INVENTORY)
    assert all(processing_record.FATES[held.fate] for held in DATA_INVENTORY) and EMPTIED in processing_record.FATES
