"""Sections that other features add to a unit's month: heading, sentences, optional table.

They stand on the page and in the report. This package is above those features, so it needs no hook.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tutoring.insights.unit_report.month import UnitMonth
from tutoring.moderation.welfare import monthly_statistics
from tutoring.training.monthly_report_section import training_section


class FeatureSection(NamedTuple):
    """One section, in the reader's language.

    It holds no names, and nothing about fewer than ten residents.
    """

    title: str
    sentences: Sequence[str]
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


# Each gets the unit (None: the whole site), the month and the reader's roles there; None where it has nothing to say.
SOURCES = (monthly_statistics.told, training_section)


def feature_sections(month: UnitMonth) -> list[FeatureSection]:
    """Returns the sections of this unit, or of the whole site, in the order of SOURCES."""
    found = (told(month.unit, month.month, month.held) for told in SOURCES)
    return [FeatureSection(*one) for one in found if one is not None]
