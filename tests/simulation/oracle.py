"""What was promised, held against what is in the database and what arrived outside.

It is written from the promises and not from the product: of that it reads raw rows, and of `topics.py` the table alone
(which topic goes by which way unless somebody chose otherwise, what is urgent, what its sentence is).

    inbox        each notice once
    ways         what somebody wished by a way that reaches them went out at least once to each device, in time, and
                 never twice but under the same Message-ID, tag or key; a letter that gathers says each thing once. For
                 each device the things that arrived are paired with the notices: every promise needs a thing of its own
                 that came in its time, and every thing a notice of its own that could go at that moment
    quiet        nothing arrives in anybody's quiet hours but an alarm of their duty and what they asked to be woken by,
                 by the moment of arrival
    switched off nothing about it arrives
    reminders    a day and an hour before, whoever leads and whoever has a place is told
    acted        nothing about what was read or settled before it could go; no reminder for whoever gave the place back
    given up     an address that is refused for good is not tried again, and that is noted for its owner, by every way
    private      no child's name, no partner's name and nothing that somebody wrote leaves the site
"""

import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta

from tests.simulation.database_reader import read, stamp
from tests.simulation.evidence import ALIKE, Arrived, Evidence, Told, Verdict, arrivals, by_letter, told_of
from tests.simulation.expected_deliveries import SLACK, after_quiet, in_quiet, pairs, places, refused, wakes, wished
from tests.simulation.population import Someone
from tests.simulation.simulation import SECRET
from tutoring.kernel.clock import LOCAL
from tutoring.notifications.preferences.topics import TOPICS


def judge(seen: Evidence) -> Verdict:
    verdict, arrived, told = Verdict(), arrivals(seen), told_of()
    verdict.figures.update({"people": len(seen.life.people), "notices": len({one.notice for one in told})})
    for one in arrived:
        verdict.figures[f"arrived by {one.way}"] += 1
    known = {one.mail for one in seen.life.people.values() if one.mail}
    for letter in seen.mail.took:
        if letter.to not in known:
            verdict.say("stranger", "a letter went to an address that is nobody's")
    _inbox(seen, verdict)
    _repeats(arrived, verdict)
    _quiet(seen, arrived, told, verdict)
    _switched_off(seen, arrived, verdict)
    pairs(seen, arrived, told, verdict)
    _digests(seen, arrived, verdict)
    _reminders(seen, verdict)
    _given_up(seen, told, verdict)
    _private(seen, arrived, verdict)
    _left_over(seen, verdict)
    return verdict


def _inbox(seen: Evidence, verdict: Verdict) -> None:
    rows = Counter((row[0], row[1]) for row in read("SELECT user_id, key FROM notice"))
    for one in seen.life.told:
        if rows[one] != 1:
            verdict.say("inbox", f"{one} stands {rows[one]} times")
    for pair, count in rows.items():
        if count > 1:
            verdict.say("inbox", f"{pair} stands {count} times")


def _repeats(arrived: list[Arrived], verdict: Verdict) -> None:
    for (place, key), same in by_letter(arrived).items():
        verdict.figures["repeats"] += len(same) - 1
        if len({one.about for one in same}) > 1 or len({one.person for one in same}) > 1:
            verdict.say("repeat", f"{place} {key} is not the same letter each time")


def _quiet(seen: Evidence, arrived: list[Arrived], told: list[Told], verdict: Verdict) -> None:
    for one in arrived:
        person = seen.life.people[one.person]

        def may_wake(topic: str, count: int, one: Arrived = one, person: Someone = person) -> bool:
            if topic:
                return any(wakes(person, each) for each in ALIKE[topic])
            before = [each for each in told if each.person == one.person and each.at <= one.at + SLACK]
            return sum(wakes(person, each.topic) for each in before) >= count

        # By the moment of arrival; what was on its way when the hour struck is not at night yet.
        quiet = in_quiet(person, one.at) and in_quiet(person, one.at - SLACK)
        if quiet and not all(may_wake(topic, count) for topic, count in one.about):
            verdict.say("quiet", f"{one.way} to {one.person} at {datetime.fromtimestamp(one.at, LOCAL):%a %H:%M}")


def _switched_off(seen: Evidence, arrived: list[Arrived], verdict: Verdict) -> None:
    for one in arrived:
        person = seen.life.people[one.person]
        if not one.about:
            verdict.say("words", f"{one.way} to {one.person} says nothing known: {one.text[:200]!r}")
        for topic, _count in one.about:
            if topic and not any(wished(person, each, one.way, one.at - SLACK) for each in ALIKE[topic]):
                verdict.say("switched off", f"{topic} by {one.way} to {one.person}")
        ends = dict(places(person, one.way)).get(one.place, 0.0)
        if one.at > ends + SLACK:
            verdict.say("signed out", f"push to {one.place} after its owner was gone")


def _digests(seen: Evidence, arrived: list[Arrived], verdict: Verdict) -> None:
    """Whoever asked for one letter a day gets one at that hour, besides what is urgent; it says each topic once."""
    for one in arrived:
        topics = [topic for topic, _count in one.about]
        if any(times > len(ALIKE.get(topic, topics[:1])) for topic, times in Counter(topics).items()):
            verdict.say("said twice", f"{one.way} to {one.person}: {topics}")
        person = seen.life.people[one.person]
        if one.way != "mail" or person.how == "once" or one.person in seen.busy_mail:
            continue
        if any(TOPICS[topic].urgent or TOPICS[topic].wakes for topic in topics if topic):
            continue
        verdict.figures["gathered letters"] += 1
        verdict.figures["things in gathered letters"] += sum(count for _topic, count in one.about)
        here = datetime.fromtimestamp(one.at, LOCAL)
        slot = here.replace(hour=person.hour, minute=0, second=0, microsecond=0)
        right = {after_quiet(person, (slot - timedelta(days=n)).timestamp()) for n in (0, 1)}
        if min(abs(one.at - moment) for moment in right) > seen.late:
            verdict.say("digest", f"to {one.person} at {here:%a %H:%M}, asked for {person.hour}:00")


def _reminders(seen: Evidence, verdict: Verdict) -> None:
    """Whoever gave the place back before a reminder's hour, and whose session was cancelled, is not reminded."""
    at: dict[tuple[int, int], float] = {}
    query = (
        "SELECT notice.user_id, notice.key, life_told.at FROM notice JOIN life_told ON life_told.notice_id = notice.id "
        "WHERE notice.key LIKE 'session-near:%'"
    )
    for person, key, moment in read(query):
        parts = key.split(":")
        if len(parts) == 3 and parts[1].isdecimal() and parts[2].isdecimal():
            verdict.figures["reminders"] += 1
            at[person, int(parts[1])] = max(at.get((person, int(parts[1])), 0.0), stamp(moment))
    _reminded(seen, verdict)
    for (session, learner), gone in seen.life.left.items():
        if at.get((learner, session), 0.0) > gone + SLACK:
            verdict.say("reminder", f"{learner} gave session {session} back and was reminded")
    for (person, session), moment in at.items():
        if moment > seen.life.cancelled.get(session, float("inf")) + SLACK:
            verdict.say("reminder", f"{person} was reminded of session {session}, which was cancelled")


def _reminded(seen: Evidence, verdict: Verdict) -> None:
    """A day and an hour before, whoever leads and whoever has a place is told."""
    life, told = seen.life, defaultdict[tuple[int, str], list[float]](list)
    for person, key, moment in read("SELECT user_id, key, at FROM notice JOIN life_told ON notice_id = notice.id"):
        told[person, key].append(stamp(moment))
    helper = {row[0]: row[1] for row in read("SELECT id, helper_id FROM group_session")}
    for session, at in life.sessions.items():
        signed = {learner: moment for (one, learner), moment in life.signed.items() if one == session}
        for hours in (24, 1):
            early = at.timestamp() - hours * 3600
            if session in life.cancelled or not life.announced[session] < early < seen.ends - seen.late:
                continue
            wait = {helper[session]: 0.0}
            if len(signed) <= 8:  # nobody ever waited for a place
                wait |= {one: moment for one, moment in signed.items() if (session, one) not in life.left}
            for person, since in wait.items():
                if since < early:
                    verdict.figures["reminders promised"] += 1
                    key = f"session-near:{session}:{hours}"
                    if not any(early <= moment <= early + seen.late for moment in told[person, key]):
                        verdict.say("reminder", f"{person} was not reminded of session {session}, {hours} h before")


def _given_up(seen: Evidence, told: list[Told], verdict: Verdict) -> None:
    noted = {(row[0], row[1]) for row in read("SELECT user_id, channel FROM notice_trouble")}
    tries: dict[int, list[float]] = defaultdict(list)
    boxes = {seen.life.people[one].mail: one for one in seen.bad_mail}
    for address, at in seen.mail.tried:
        if address in boxes:
            tries[boxes[address]].append(at)
    for person, way in sorted(refused(seen, told)):
        verdict.figures["addresses given up"] += 1
        if (person, way) not in noted:
            verdict.say("not shown", f"{way} to {person} is refused and nobody is told")
    for person, moments in tries.items():
        # What was put down before the first refusal may still be tried; nothing that is told later.
        late = [one for one in told if one.person == person and one.at > moments[0] + SLACK]
        if late and len(moments) > 1 + len([one for one in told if one.person == person]) - len(late):
            verdict.say("tried again", f"mail to {person} was tried {len(moments)} times")


def _private(seen: Evidence, arrived: list[Arrived], verdict: Verdict) -> None:
    names = {one.name: one.id for one in seen.life.people.values()}
    for one in arrived:
        if SECRET in one.text:
            verdict.say("private", f"somebody's words went by {one.way} to {one.person}")
        for name in re.findall(r"Zq[a-z]{3}w", one.text):
            own = names.get(name) == one.person and one.way == "mail" and seen.life.people[one.person].kind == "adult"
            if not own:
                verdict.say("private", f"the name of {names.get(name)} went by {one.way} to {one.person}")


def _left_over(seen: Evidence, verdict: Verdict) -> None:
    for kind, key, error in read("SELECT kind, key, last_error FROM due_work WHERE failed_at IS NOT NULL"):
        verdict.say("failed work", f"{kind} {key} {error}")
    for state, why, count in read("SELECT state, why, count(*) FROM notice_delivery GROUP BY state, why"):
        verdict.figures[f"deliveries {state} {why}".strip()] += count
    waits = "SELECT id, user_id, channel, due_at FROM notice_delivery WHERE state = 'waiting'"
    for number, person, channel, due in read(waits):
        busy = person in seen.busy_mail or any(one.name in seen.busy_phones for one in seen.life.people[person].phones)
        if stamp(due) < seen.ends - seen.late and not busy:
            verdict.say("left over", f"delivery {number} to {person} by {channel} still waits")
