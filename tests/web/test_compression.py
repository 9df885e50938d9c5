"""Answers are compressed as browsers take them, files once, and never where a stranger could measure a secret."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tutoring.config import ROOT
from tutoring.kernel import clock
from tutoring.web import assets, compression, visitor_cache

As = Callable[[str], FlaskClient]
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
OURS = {**BROWSER, "Referer": "http://localhost/account"}


def unpacked(answer: TestResponse) -> bytes:
    how = answer.headers.get("Content-Encoding")
    assert answer.content_length == len(answer.data)
    return {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[how](answer.data)


@pytest.mark.parametrize(
    ("accepted", "how"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("GZIP", "gzip"),
        ("*", "br"),
        ("deflate", ""),
        ("", ""),
        ("identity;q=1", ""),
        ("nonsense;;q=x,,", ""),
    ],
)
def test_the_best_that_a_browser_takes_is_chosen(accepted: str, how: str) -> None:
    assert compression.best(accepted) == how


@pytest.mark.parametrize("path", ["/", "/lessons", "/lessons/vao-lop-bang-duong-dan/2", "/sign-in", "/nowhere"])
@pytest.mark.parametrize("accepted", ["br", "gzip"])
def test_a_page_says_the_same_in_a_fraction_of_its_bytes(client: FlaskClient, path: str, accepted: str) -> None:
    visitor_cache.forget()  # a page of before may be kept for ten seconds
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": accepted})
    assert packed.headers["Content-Encoding"] == accepted and "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in packed.vary and "Accept-Encoding" in plain.vary
    token = re.compile(rb'name="csrf_token"[^>]*>')
    assert token.sub(b"", unpacked(packed)) == token.sub(b"", plain.data)
    assert len(packed.data) < len(plain.data) / 2.5


def test_a_kept_page_of_visitors_is_never_given_in_bytes_that_the_next_cannot_read(client: FlaskClient) -> None:
    path = "/lessons/vao-lop-bang-duong-dan/3"
    for _ in range(2):
        for accepted in ("br", "gzip", ""):
            answer = client.get(path, headers={"Accept-Encoding": accepted})
            assert answer.headers.get("Content-Encoding", "") == accepted
            assert unpacked(answer).startswith(b"<!doctype html>")
            again = client.get(path, headers={"Accept-Encoding": accepted, "If-None-Match": answer.headers["ETag"]})
            assert again.status_code == 304 and not again.data


def test_a_head_tells_what_a_get_would_bring(client: FlaskClient) -> None:
    for path in ("/", "/static/app/live-regions.js"):
        got, head = client.get(path, headers=BROWSER), client.head(path, headers=BROWSER)
        assert head.headers["Content-Encoding"] == "br" and not head.data
        assert abs(int(head.headers["Content-Length"]) - len(got.data)) < 40  # a token differs


# ---- files -------------------------------------------------------------------------------------------------


def test_a_file_is_compressed_once_and_kept_for_good(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    best = compression.FILE["br"]
    monkeypatch.setitem(compression.FILE, "br", lambda data: counted.append(len(data)) or best(data))
    compression._files.clear()
    with app.test_request_context():
        address = assets.asset_url("rooms/show.js")
    answers = [client.get(address, headers=BROWSER) for _ in range(3)]
    assert len(counted) == 1
    for answer in answers:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert unpacked(answer) == compression.without_comments(client.get(address).data)
        assert len(answer.data) < counted[0] / 3 and not {"ETag", "Last-Modified"} & set(answer.headers.keys())


@pytest.mark.parametrize("script", sorted((ROOT / "static").rglob("*.js")), ids=lambda path: path.name)
def test_a_script_loses_lines_of_comments_alone(script: Path) -> None:
    text = script.read_text("utf-8")
    for found in re.finditer(r"^[ \t]*//.*\n", text, re.MULTILINE):
        before = text[: found.start()]
        assert before.count("`") % 2 == 0 and before.count("/*") == before.count("*/"), found[0]
    kept = [line.lstrip(" \t") for line in text.splitlines() if not line.lstrip(" \t").startswith("//")]
    sent = compression.without_comments(text.encode()).decode().splitlines()
    for line, whole in zip(sent, kept, strict=True):
        assert whole == line or re.fullmatch(r""" // [^"'`]*""", whole.removeprefix(line)), whole
    for written in re.findall(r"`[^`]*`", "\n".join(sent)):
        assert "\n" not in written, written  # the space before its lines would be missed


def test_a_file_without_a_version_is_asked_for_again_and_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/static/app/live-regions.js", headers=BROWSER)
    assert "immutable" not in first.headers.get("Cache-Control", "")
    again = client.get("/static/app/live-regions.js", headers={**BROWSER, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    other = client.get("/static/app/live-regions.js", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200  # what is not compressed is another answer
    assert other.headers["ETag"] != first.headers["ETag"]


def test_a_part_of_a_file_is_a_part_of_the_file_itself(client: FlaskClient) -> None:
    part = client.get("/static/app/live-regions.js", headers={**BROWSER, "Range": "bytes=0-99"})
    assert part.status_code == 206 and "Content-Encoding" not in part.headers
    assert part.data == client.get("/static/app/live-regions.js").data[:100]


@pytest.mark.parametrize("path", ["/static/vendor/bvp-400.woff2", "/static/icon-180.png", "/static/icon.svg"])
def test_what_is_small_already_stays_as_it_is(client: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in client.get(path, headers=BROWSER).headers


# ---- secrets beside words of strangers ---------------------------------------------------------------------


def test_the_page_of_somebody_signed_in_is_compressed_while_nobody_else_has_a_say_in_it(as_: As) -> None:
    minh = as_("minh")
    assert minh.get("/account", headers=BROWSER).headers["Content-Encoding"] == "br"
    assert minh.get("/lessons?q=wifi", headers=OURS).headers["Content-Encoding"] == "br"


@pytest.mark.parametrize("referer", [None, "https://evil.example/", "http://localhost.evil.example/", "http://[", ""])
@pytest.mark.parametrize("path", ["/lessons?q=csrf", "/nowhere/csrf"])
def test_an_address_that_a_stranger_made_up_is_not_compressed_beside_secrets(
    as_: As, path: str, referer: str | None
) -> None:
    headers = {**BROWSER, **({} if referer is None else {"Referer": referer})}
    answer = as_("minh").get(path, headers=headers)
    assert "Content-Encoding" not in answer.headers and len(answer.data) > 2000


def test_nor_is_the_answer_to_a_form_of_theirs(as_: As) -> None:
    minh = as_("minh")
    assert "Content-Encoding" not in minh.post("/ask", data={}, headers=BROWSER).headers
    assert minh.post("/ask", data={}, headers=OURS).headers["Content-Encoding"] == "br"


def test_a_token_is_another_one_each_second_and_its_unchanging_part_opens_nothing(
    app: Flask, world: object, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_("minh")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)

    def token(at: float) -> str:
        monkeypatch.setattr("itsdangerous.timed.time.time", lambda: at)
        found = re.search(r'name="csrf" content="([^"]+)"', client.get("/account").text)
        assert found
        return found[1]

    now = clock.now().timestamp()
    one, two = token(now), token(now + 1)
    (same, *first), (also, *second) = one.split("."), two.split(".")
    assert same == also and all(a != b for a, b in zip(first, second, strict=True))
    for guess in (same, f"{same}.{first[0]}", f"{same}.{second[0]}.{first[1]}"):
        assert client.post("/sign-out", data={"csrf_token": guess}).status_code == 400
    assert client.post("/sign-out", data={"csrf_token": one}).status_code == 302
