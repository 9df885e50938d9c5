"""What a teacher can set: the paths, lessons, quizzes and rehearsals that are offered to learners."""

from flask_babel import gettext

from tutoring.lessons.catalogue.queries import paths
from tutoring.lessons.progress.queries import quizzes_among
from tutoring.practice import scenarios

Choices = dict[str, list[tuple[str, str]]]


def offered_works(lang: str) -> Choices:
    """Returns the values and titles to choose from, by group; paths for staff are left out."""
    shown = [one for one in paths(lang) if not one.for_staff and one.lessons]
    heads = [head for path in shown for head in path.lessons]
    quizzes = quizzes_among([head.slug for head in heads])
    found: Choices = {gettext("Nhờ giúp"): [("help:", gettext("Nhờ người giúp một lần"))]}
    for path in shown:
        found[path.title] = [(f"path:{path.slug}", gettext("Cả lộ trình: %(title)s", title=path.title))]
        found[path.title] += [(f"lesson:{head.slug}", head.title) for head in path.lessons]
    quiz = [head for head in heads if head.slug in quizzes]
    asked = [(f"quiz:{head.slug}", gettext("Câu hỏi: %(title)s", title=head.title)) for head in quiz]
    runs = [(f"rehearsal:{one.id}", one.title.in_(lang)) for one in scenarios.scenarios().values()]
    return found | {gettext("Câu hỏi của bài"): asked, gettext("Luyện tập"): runs}
