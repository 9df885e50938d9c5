"""Rows of the permission matrix: the pages of neighbourhoods and wards."""

from tutoring.policy import groups
from tutoring.policy.matrix.rows import PEOPLE, Line, held, own, routes

GROUPS: tuple[Line, ...] = (
    Line("Neighbourhoods", "see one's own neighbourhoods and wards", own, ("groups.index",)),
    Line("Neighbourhoods", "read the page of a neighbourhood or ward: duty, announcements, lessons, sessions (whoever "
         "belongs there or below, their parents, its staff)",
         lambda role, inside: role in PEOPLE and groups.may_read_group(held(role, inside), "neighbourhood", inside),
         routes("groups", "show posts_page")),
    Line("Neighbourhoods", "announce, pin, change, take back and put back; tell its grown-up members once a day",
         lambda role, inside: groups.may_lead_group(held(role, inside), "neighbourhood"),
         routes("groups", "new_post edit_post pin_post take_back_post put_back_post")),
    Line("Neighbourhoods", "choose the lessons of a month",
         lambda role, inside: groups.may_lead_group(held(role, inside), "neighbourhood"), ("groups.month",)),
    Line("Neighbourhoods", "see all tasks of the unit",
         lambda role, inside: groups.may_see_tasks(held(role, inside), "neighbourhood")),
    Line("Neighbourhoods", "give and change tasks",
         lambda role, inside: groups.may_lead_group(held(role, inside), "neighbourhood"),
         routes("groups", "new_task edit_task")),
    Line("Neighbourhoods", "see a task given to oneself, answer it, move it on",
         lambda role, inside: role in PEOPLE and inside and groups.may_see_task((), "neighbourhood", inside)
         and groups.may_answer_task(inside),
         routes("groups", "tasks_page task move_task answer_task")),
    Line("Neighbourhoods", "print the poster with which people join",
         lambda role, inside: groups.may_print_poster(held(role, inside), "neighbourhood"), ("groups.poster",)),
)  # fmt: skip
