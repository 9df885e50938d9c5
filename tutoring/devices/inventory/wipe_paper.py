"""The record of a wipe (biên bản xoá dữ liệu) as an official paper."""

from flask_babel import gettext

from tutoring.community.papers.paper import Facts, Heading, Items, Paper, Signature, Text
from tutoring.community.papers.queries import letterhead
from tutoring.devices.labels import CHECK_WORDS, METHOD_WORDS
from tutoring.devices.models import Device, DeviceWipe
from tutoring.devices.paper_facts import identity
from tutoring.kernel import clock
from tutoring.web import i18n


def build_paper(device: Device, wipe: DeviceWipe, who: str) -> Paper:
    """Returns the record as a paper; `who` wiped the device. Call it in Vietnamese."""
    head, at = letterhead(device.unit_id), clock.local(wipe.at)
    return Paper(
        kind=gettext("Biên bản"), short="BB", subject=gettext("Xoá dữ liệu trên máy"), letterhead=head,
        unit=device.unit.name, day=at.date(),
        blocks=[
            Text(gettext("Biên bản xoá số %(n)s trong sổ máy của %(unit)s.", n=wipe.id, unit=device.unit.name)),
            Heading(gettext("Máy")), Facts(identity(device)),
            Heading(gettext("Việc đã làm")),
            Facts([(gettext("Cách xoá"), gettext(METHOD_WORDS[wipe.method])),
                   (gettext("Ngày giờ"), f"{at:%H:%M}, {i18n.day(at)}"), (gettext("Người làm"), who)]),
            Items([gettext(CHECK_WORDS[one]) for one in wipe.checks]),
            Text(gettext("Trên máy không còn dữ liệu nào của người dùng trước.")),
        ],
        sides=(
            Signature((gettext("Người xoá dữ liệu").upper(),), who), Signature((gettext("Người giữ kho").upper(),)),
        ),
    )  # fmt: skip


def filename(device: Device) -> str:
    """Returns the name of the file without its ending."""
    return f"bien-ban-xoa-{device.code}"
