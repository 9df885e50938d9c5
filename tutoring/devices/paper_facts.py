"""What every paper says of a device, which identifies it."""

from typing import Protocol

from flask_babel import gettext

from tutoring.devices.labels import KIND_WORDS


class Machine(Protocol):
    """A device, or what a record stored of it."""

    @property
    def kind(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def serial(self) -> str | None: ...
    @property
    def imei(self) -> str | None: ...
    @property
    def code(self) -> str: ...


def identity(machine: Machine) -> list[tuple[str, str]]:
    """Returns rows with the kind, the numbers of the maker and the code on the label."""
    kind = ", ".join(one for one in (gettext(KIND_WORDS[machine.kind]), machine.model) if one)
    return [
        (gettext("Loại máy"), kind),
        (gettext("Số sê-ri"), machine.serial or gettext("không có")),
        *([("IMEI", machine.imei)] if machine.imei else []),
        (gettext("Mã trên nhãn"), machine.code),
    ]
