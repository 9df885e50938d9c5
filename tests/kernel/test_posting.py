"""Posts to other machines: a deadline for all of it, over TLS too, and every address of a name is tried."""

import contextlib
import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.parametrize import some
from tutoring.kernel import outbound_http

DRIPS = 1500  # bytes that a slow server sends one by one before it comes to the end: far longer than the deadline
EACH = 0.01
GOOD = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"

Talk = Callable[[socket.socket], None]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of localhost, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    kept = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    file.write_bytes(kept + made.public_bytes(pem))
    return file


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(outbound_http.ssl, "create_default_context", lambda: context)
    monkeypatch.setattr(outbound_http, "TIMEOUT", 0.7)


@contextlib.contextmanager
def served(talk: Talk, certificate: Path | None) -> Iterator[tuple[int, list[str]]]:
    """A server that says `talk` to whoever comes; gives its port, and what it noted."""
    noted: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate:
        context.load_cert_chain(certificate)

    def speak(line: socket.socket) -> None:
        try:
            with context.wrap_socket(line, server_side=True) if certificate else line as talking:
                talk(talking)
            noted.append("said all")
        except OSError:
            noted.append("hung up on")

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=speak, args=(listening.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1], noted
        listening.shutdown(socket.SHUT_RDWR)


def drips(line: socket.socket, before: bytes, after: bytes) -> None:
    line.sendall(before)
    for _ in range(DRIPS):
        line.sendall(b"x")
        threading.Event().wait(EACH)
    line.sendall(after)


def heads(line: socket.socket) -> None:
    line.recv(4096)
    drips(line, b"HTTP/1.1 201 Created\r\nX-Slow: ", b"\r\nContent-Length: 0\r\n\r\n")


def bodies(line: socket.socket) -> None:
    line.recv(4096)
    drips(line, f"HTTP/1.1 201 Created\r\nContent-Length: {DRIPS}\r\n\r\n".encode(), b"")


def handshakes(line: socket.socket) -> None:
    drips(line, b"\x16\x03\x03\x3f\xff", b"")


def post(port: int, scheme: str = "https", name: str = "localhost") -> outbound_http.Answer:
    return outbound_http.post(f"{scheme}://{name}:{port}/x", b"{}", {}, inward=True)


@pytest.mark.parametrize(
    ("scheme", "talk"),
    some(("https", heads), ("http", bodies), rest=[("https", bodies), ("http", heads)]),
)
def test_who_answers_byte_by_byte_is_hung_up_on(talk: Talk, scheme: str, certificate: Path, trusted: None) -> None:
    with served(talk, certificate if scheme == "https" else None) as (port, noted):
        with pytest.raises(TimeoutError):
            post(port, scheme)
        assert "said all" not in noted


def test_so_is_who_greets_byte_by_byte(trusted: None) -> None:
    with served(handshakes, None) as (port, noted):
        with pytest.raises(TimeoutError):
            post(port)
        assert "said all" not in noted


def says(answer: bytes) -> Talk:
    def talk(line: socket.socket) -> None:
        heard = b""
        while not heard.endswith(b"{}"):
            heard += line.recv(4096)
        line.sendall(answer)

    return talk


def test_who_answers_in_time_is_heard(certificate: Path, trusted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound_http, "TIMEOUT", 20.0)
    with served(says(GOOD), certificate) as (port, _noted):
        assert post(port) == outbound_http.Answer(201, b"ok")


def leads_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def look(_name: str, port: int, *_more: object, **_named: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(outbound_http.socket, "getaddrinfo", look)


def test_the_next_address_is_tried_where_one_takes_nothing(
    certificate: Path, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound_http, "TIMEOUT", 20.0)
    with served(says(GOOD), certificate) as (port, _noted):
        taken = socket.create_connection
        tried: list[str] = []

        def connect(address: tuple[str, int], timeout: float) -> socket.socket:
            tried.append(address[0])
            if address[0] != "127.0.0.1":
                raise TimeoutError
            leads_to(monkeypatch, "127.0.0.1")  # the real one looks names up too
            return taken(address, timeout)

        monkeypatch.setattr(outbound_http.socket, "create_connection", connect)
        leads_to(monkeypatch, "192.0.2.1", "192.0.2.2", "192.0.2.2", "127.0.0.1")
        assert post(port).status == 201
        assert tried == ["192.0.2.1", "192.0.2.2", "127.0.0.1"]


@pytest.mark.parametrize("name", ["truong..vn", "x" * 64 + ".vn", ".vn"])
def test_a_name_that_cannot_be_looked_up_is_refused(name: str) -> None:
    with pytest.raises(outbound_http.DestinationNotAllowed):
        outbound_http.post(f"https://{name}/", b"", {})


def test_where_no_address_takes_anything_the_last_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(_address: tuple[str, int], _timeout: float) -> socket.socket:
        raise ConnectionRefusedError

    leads_to(monkeypatch, "192.0.2.1", "192.0.2.2")
    monkeypatch.setattr(outbound_http.socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        post(1)


def test_a_name_service_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr(outbound_http.socket, "getaddrinfo", lambda *_a, **_k: [] if answers.wait(30) else None)
    monkeypatch.setattr(outbound_http, "TIMEOUT", 0.2)
    with pytest.raises(TimeoutError):
        post(1)
    answers.set()


@pytest.mark.parametrize("url", ["https://[", "https://a:b/", "https://", "ftp://localhost/x", "//localhost/x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(outbound_http.DestinationNotAllowed):
        outbound_http.post(url, b"", {}, inward=True)
