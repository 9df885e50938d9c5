"""The folder of the content files: lessons, scenarios, staff training and help."""

from dataclasses import dataclass
from pathlib import Path

from tutoring.kernel import services


@dataclass(frozen=True)
class ContentFolder:
    """The folder from which an application reads scenarios, training tracks and help; laid out like content/."""

    path: Path


def content_folder() -> Path:
    """Returns the content folder of the running application."""
    return services.current(ContentFolder).path
