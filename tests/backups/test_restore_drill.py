"""The restore drill: a site that has lived is backed up and put back elsewhere, and everything is held against it."""

import hashlib
import json
import shutil
import signal
import urllib.request
from contextlib import ExitStack

import pytest

from tests.backups.conftest import Lived, drafts, living, name_of, said
from tests.backups.sample_site import CONTACT, WORDS
from tests.forked_processes import done
from tests.privacy.marker_data import MARK
from tests.rooms.people import sign_in
from tests.servers import Site
from tutoring.accounts.erasure import GONE


def same_but(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    assert before.keys() == after.keys()
    return {name: after[name] - before[name] for name in before if after[name] != before[name]}


def as_it_was(site: Site) -> str:
    """A digest of all that a refused restore must leave alone."""
    state = living(site, "state")
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def test_a_backup_holds_no_private_word_in_clear_and_its_manifest_nothing_personal(lived: Lived) -> None:
    data = lived.file.read_bytes()
    told = lived.file.with_suffix(".json").read_text("utf-8")
    private = [MARK, CONTACT, WORDS, "Minh Hoạ", "argon2", *lived.state["media"]]
    for one in private:
        assert one.encode() not in data and one not in told
    manifest = json.loads(told)
    assert manifest["tables"] == lived.state["tables"] and manifest["sha256"] == hashlib.sha256(data).hexdigest()
    assert manifest["media"]["files"] == len(lived.state["media"]) > 3 and manifest["size"] == len(data)
    assert set(json.loads((lived.file.parent / "last-backup.json").read_text("utf-8"))) == {"at"}
    assert lived.file.stat().st_mode & 0o077 == 0


def test_what_was_backed_up_lives_again_in_an_empty_place(lived: Lived) -> None:
    with ExitStack() as stack:
        site = lived.another(stack)
        status, out, err = said(site, "restore", str(lived.file), "--key", str(lived.key))
        assert status == 0, err
        after = living(site, "state")
        assert same_but(lived.state["tables"], after["tables"]) == {"audit_row": 1, "live_socket": -1}
        assert after["media"] == lived.state["media"] and after["victim"] == lived.state["victim"]
        assert after["victim"][2] == CONTACT  # sealed, and opened with the same key
        assert after["chain"] == [lived.state["chain"][0] + 1, None] and after["newest"] == "restore_backup"
        assert after["open"] == 0 < lived.state["open"]
        assert drafts(site) == []
        status, out, _err = said(site, "audit", "verify")
        assert status == 0 and f"{after['chain'][0]} rows hold" in out  # with the anchor that came along
        shutil.copy(lived.site.folder / "cards.jsonl", site.folder)
        site.start()
        bay = sign_in(site, "bay")
        room, picture = lived.facts["room"], lived.facts["picture"]
        texts = [one["text"] for one in bay.get(f"{site.url()}/rooms/{room}/messages")["messages"]]
        assert f"{WORDS} 0" in texts and f"{WORDS} 11" in texts
        assert picture_of(site, bay.cookie, room, picture) == lived.state["media"][lived.facts["name"]]


def picture_of(site: Site, cookie: str, room: int, picture: int) -> str:
    asked = urllib.request.Request(f"{site.url()}/rooms/{room}/pictures/{picture}", headers={"Cookie": cookie})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return hashlib.sha256(answer.read()).hexdigest()


@pytest.mark.full
def test_who_was_erased_since_stays_erased_and_what_is_there_is_replaced_only_by_name(lived: Lived) -> None:
    with ExitStack() as stack:
        site = lived.another(stack)
        assert said(site, "restore", str(lived.file), "--key", str(lived.key))[0] == 0
        living(site, "erase", str(lived.facts["victim"]))  # the tombstone stands beside this site's database
        erased = living(site, "state")
        assert erased["victim"][:2] == [GONE, True]
        status, out, err = said(site, "restore", str(lived.file), "--key", str(lived.key))
        assert status == 1 and f"--over {name_of(site, lived)}" in err
        status, out, err = said(site, "restore", str(lived.file), "--key", str(lived.key), "--over", "another")
        assert status == 1 and living(site, "state") == erased
        more = ("--over", name_of(site, lived))
        status, out, err = said(site, "restore", str(lived.file), "--key", str(lived.key), *more)
        assert status == 0, err
        assert "1 accounts erased again" in out
        after = living(site, "state")
        assert after["victim"] == [GONE, True, None] and after["chain"][1] is None
        assert after["media"] == erased["media"]
        assert drafts(site) == []


def stopped(site: Site, lived: Lived, number: int) -> tuple[int, str]:
    """A restore over what is there that gets this signal when the new is going in; its exit status, what it said."""
    arguments = ("restore", str(lived.file), "--key", str(lived.key), "--over", name_of(site, lived))
    env = {**site.env, "JOBS": "0"}
    status, out, err = done("tests.backups.stopping", str(number), "--app", "tutoring.cli", *arguments, env=env)
    return status, out + err


@pytest.mark.full
def test_a_restore_that_is_stopped_is_taken_back_and_one_that_is_killed_keeps_servers_out(lived: Lived) -> None:
    with ExitStack() as stack:
        site = lived.another(stack)
        assert said(site, "restore", str(lived.file), "--key", str(lived.key))[0] == 0
        living(site, "erase", str(lived.facts["victim"]))
        before = as_it_was(site)
        status, told = stopped(site, lived, signal.SIGTERM)
        assert status == 1 and "It was stopped. Nothing was restored; what was there is as it was." in told
        assert drafts(site) == [] and as_it_was(site) == before
        assert stopped(site, lived, signal.SIGKILL) == (-signal.SIGKILL, "")
        assert (site.folder / "restoring.json").exists() and drafts(site)
        for command in (["prepare"], ["restore", str(lived.file), "--key", str(lived.key)]):
            status, _out, err = said(site, *command)
            assert status == 1 and "was interrupted" in err
        with pytest.raises(RuntimeError, match="A restore was interrupted"):
            site.start()
        site.ports.clear()
        status, out, err = said(site, "restore", "--undo")
        assert status == 0 and "'in' was cleared up" in out, err
        assert as_it_was(site) == before and drafts(site) == []
        assert said(site, "audit", "verify")[0] == 0
