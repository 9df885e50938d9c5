"""What is done next, said in words: for those who watch a rehearsal."""

from flask_babel import gettext

from tutoring.practice.rules import local_day
from tutoring.practice.showing import ShownScreen
from tutoring.practice.simulator import Event


def told(screen: ShownScreen, event: Event) -> str:
    """What this event does on this screen."""
    match dict(event):
        case {"do": name}:
            label = next(one.label for one in screen.actions if one.id == name)
            return str(gettext("Bấm “%(button)s”", button=label))
        case {"choose": name} if screen.trap is not None:
            label = next(one.text for one in screen.trap.options if one.id == name)
            return str(gettext("Chọn “%(answer)s”", answer=label))
        case {"set": name, "value": value}:
            field = next(one for one in screen.fields if one.id == name)
            if field.type == "check":
                return str(gettext("Đánh dấu ô “%(field)s”", field=field.label))
            if field.options:
                option = next(one.text for one in field.options if one.id == value)
                return str(gettext("Ở “%(field)s”, chọn “%(answer)s”", field=field.label, answer=option))
            return str(gettext("Gõ “%(value)s” vào ô “%(field)s”", value=local_day(str(value)), field=field.label))
    return str(gettext("Bấm “Lùi lại”"))
