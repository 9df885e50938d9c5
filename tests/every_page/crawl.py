"""What a page offers (links, forms, places on it), and a crawl that takes every offer as one person."""

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
# Content is as long as it was written; some pages of each kind show what their links come to.
CONTENT = ("lessons.", "practice.", "help.", "static", "insights.", "campaigns.material", "training.track")
FEW, MANY = 3, 12
COUNTED = re.compile(r"^[1-9]\d* \w|\([1-9]\d*\)$")  # “3 lời chờ…”, “Chờ xét (3)”
ANSWERS = frozenset({200, 409, 422, 429})  # done, or told why not beside the field or on the page
Attributes = dict[str, str]


@dataclass
class Link:
    href: str
    text: str = ""


@dataclass
class Control:
    """One field or button of a form."""

    tag: str
    had: Attributes
    text: str = ""
    options: list[tuple[str, bool]] = field(default_factory=list)


@dataclass
class Form:
    method: str
    action: str
    controls: list[Control] = field(default_factory=list)

    def buttons(self) -> list[Control]:
        return [one for one in self.controls if is_button(one)]


def is_button(one: Control) -> bool:
    return one.had.get("type", "submit" if one.tag == "button" else "text") == "submit"


@dataclass
class Offers(HTMLParser):
    """The links, the forms, the places and the words of a page."""

    address: str
    links: list[Link] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)  # what stands in the boxes that say that there is nothing
    flashed: bool = False
    hollow: bool = False  # a list without anything in it, which no script fills
    error: bool = False

    @property
    def twice(self) -> set[str]:
        """Names of places that the page has more than once."""
        return {one for one in self.ids if self.ids.count(one) > 1}

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, Attributes]] = []
        self._words: list[str] = []
        self._named: dict[str, Form] = {}
        self._loose: list[tuple[str, Control]] = []
        self._form: Form | None = None
        self._control: Control | None = None
        self._hidden = 0
        self._lists: list[list[int]] = []  # of those that are open: how many items

    @classmethod
    def of(cls, address: str, page: str) -> "Offers":
        found = cls(address)
        found.feed(page)
        for name, control in found._loose:
            if name in found._named:
                found._named[name].controls.append(control)
        return found

    @property
    def words(self) -> str:
        """What stands in the main part."""
        return " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        if tag == "template":
            self._hidden += 1
        if self._hidden:  # what a script may make of it is no page
            return
        kinds = had.get("class", "").split()
        if "id" in had:
            self.ids.append(had["id"])
        if tag in ("ul", "ol"):
            filled = "id" in had or any("hidden" in outer for _tag, outer in self._open)  # by a script
            self._lists.append([int(filled)])
        if tag == "li" and self._lists:
            self._lists[-1][0] += 1
        if tag == "a" and "href" in had:
            self.links.append(Link(had["href"]))
        if tag == "form":
            self._form = Form(had.get("method", "get").lower(), had.get("action") or self.address)
            self.forms.append(self._form)
            if "id" in had:
                self._named[had["id"]] = self._form
        if tag in ("input", "select", "textarea", "button") and "disabled" not in had:
            self._control = Control(tag, had)
            if "form" in had:
                self._loose.append((had["form"], self._control))
            elif self._form is not None:
                self._form.controls.append(self._control)
        if tag == "option" and self._control is not None and "disabled" not in had:
            self._control.options.append((had.get("value", ""), "selected" in had))
        self.flashed = self.flashed or "flashes" in kinds
        self.error = self.error or "error" in kinds
        if "empty" in kinds:
            self.empty.append("")
        if tag not in VOID:
            self._open.append((tag, had))

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._hidden -= 1
        if self._hidden or tag == "template":
            return
        if tag in ("textarea", "button"):
            self._control = None
        if tag in ("ul", "ol") and self._lists and self._lists.pop() == [0]:
            self.hollow = True
        while self._open:
            name, _had = self._open.pop()
            if name == "form":
                self._form = None
            if name == tag:
                return

    def handle_data(self, text: str) -> None:
        if self._hidden:
            return
        tags = [tag for tag, _had in self._open]
        if "a" in tags and self.links:
            self.links[-1].text += text
        if self._control is not None and {"textarea", "button"} & set(tags):
            self._control.text += text
        if self.empty and any("empty" in had.get("class", "").split() for _tag, had in self._open):
            self.empty[-1] += text
        if "main" in tags and not {"script", "style", "template"} & set(tags):
            self._words.append(text)


@dataclass
class Offer:
    """A form as it stands on a page, with the button that sends it."""

    page: str
    form: Form
    button: Control | None

    def __str__(self) -> str:
        said = " ".join(self.button.text.split()) if self.button else ""
        return f"{self.page} “{said}” → {self.form.method} {self.form.action}"


@dataclass
class Crawl:
    """Every page that one person comes to by links, and every form that stands on them."""

    app: Flask
    client: FlaskClient
    who: str
    seen: dict[str, int] = field(default_factory=dict)  # address: status
    pages: dict[str, Offers] = field(default_factory=dict)
    came_from: dict[str, tuple[str, str]] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)  # where an address led in the end
    offers: dict[tuple[object, ...], Offer] = field(default_factory=dict)

    @property
    def refused(self) -> list[str]:
        """Links that a page offers and the site then refuses."""
        return [
            f"{status} {address}, offered on {self.came_from[address][0]} as “{self.came_from[address][1]}”"
            for address, status in self.seen.items()
            if status != 200 and address in self.came_from
        ]

    @property
    def placeless(self) -> list[str]:
        """Links to a place that is not on the page to which they lead."""
        found = []
        for address, offers in self.pages.items():
            for link in offers.links:
                page, _mark, name = link.href.partition("#")
                there = self.pages.get(page or address)
                if name and there is not None and name not in there.ids and not self.is_of_script(there):
                    found.append(f"{link.href} on {address}")
        return found

    @property
    def counted_and_empty(self) -> list[str]:
        """Lists that a link says to hold something, and that hold nothing."""
        return [
            f"{address}, offered as “{text}” on {page}"
            for address, (page, text) in self.came_from.items()
            if address in self.pages and self.pages[address].empty and COUNTED.search(text)
        ]

    def is_of_script(self, offers: Offers) -> bool:
        """A page that a script fills: its places come with it."""
        return self.endpoint(offers.address).endswith((".offline", ".keep"))

    def endpoint(self, path: str, method: str = "GET") -> str:
        try:
            return str(self.app.url_map.bind("localhost").match(urlsplit(path).path, method)[0])
        except HTTPException:
            return f"none of {path}"

    def walk(self, starts: list[str], typed: bool = False) -> None:
        """Go on from these pages. Forms of pages to which only a typed address leads are nobody's offer."""
        waiting, of_kind = deque(starts), defaultdict[str, int](int)
        while waiting:
            address = waiting.popleft()
            if address in self.seen:
                continue
            endpoint = self.endpoint(address)
            of_kind[endpoint] += 1
            if of_kind[endpoint] > (FEW if endpoint.startswith(CONTENT) else MANY):
                continue
            answer = self.client.get(address, follow_redirects=True)
            self.seen[address] = answer.status_code
            self.ends[address] = answer.request.full_path.rstrip("?")
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            offers = self.pages[address] = Offers.of(self.ends[address], answer.text)
            for target, text in self._out_of(offers):
                self.came_from.setdefault(target, (address, text))
                waiting.append(target)
            for form in offers.forms if typed is False else ():
                self._note(address, form)

    def _out_of(self, offers: Offers) -> Iterator[tuple[str, str]]:
        for link in offers.links:
            target = urlsplit(urljoin(f"http://localhost{offers.address}", link.href))
            if target.scheme in ("http", "https") and target.netloc == "localhost":
                yield target.path + (f"?{target.query}" if target.query else ""), " ".join(link.text.split())

    def _note(self, address: str, form: Form) -> None:
        if form.method not in ("get", "post"):
            return
        action = urljoin(f"http://localhost{self.ends[address]}", form.action)
        if form.method == "get":
            action = action.partition("?")[0]
        parts = urlsplit(action)
        form.action = parts.path + (f"?{parts.query}" if parts.query else "")
        endpoint = self.endpoint(form.action, form.method.upper())
        names = tuple(sorted({one.had.get("name", "") for one in form.controls}))
        for button in form.buttons() or [None]:
            own = (button.had.get("name", ""), button.had.get("value", "")) if button else ()
            label = " ".join(button.text.split()) if button else ""
            if len(own) > 1 and own[1].isdigit():
                own = own[:1]
            self.offers.setdefault((form.method, endpoint, names, own, label), Offer(address, form, button))


def filled(offer: Offer) -> dict[str, list[str]]:
    """What is sent: what stands in the form, and something plain in each field that must not be empty."""
    sent: dict[str, list[str]] = defaultdict(list)
    radios: dict[str, list[Attributes]] = defaultdict(list)
    for one in offer.form.controls:
        name, kind = one.had.get("name", ""), one.had.get("type", "text")
        if not name or is_button(one) or one.tag == "button" or kind == "file":
            continue
        if one.tag == "select":
            chosen = [value for value, selected in one.options if selected]
            real = [value for value, _selected in one.options if value]
            if chosen or real or one.options:
                sent[name].append((chosen or real or [""])[0] or (real or [""])[0])
        elif kind == "radio":
            radios[name].append(one.had)
        elif kind == "checkbox":
            if "checked" in one.had or len([c for c in offer.form.controls if c.had.get("name") == name]) == 1:
                sent[name].append(one.had.get("value", "on"))
        else:
            value = one.text.strip() if one.tag == "textarea" else one.had.get("value", "")
            sent[name].append(value or _plain(kind, name, one))
    for name, options in radios.items():
        sent[name].append(([had for had in options if "checked" in had] or options)[0].get("value", "on"))
    if offer.button is not None and offer.button.had.get("name"):
        sent[offer.button.had["name"]].append(offer.button.had.get("value", ""))
    return sent


def _plain(kind: str, name: str, one: Control) -> str:
    if kind == "date":
        return "2026-12-24"
    if kind == "time":
        return "18:00"
    if kind == "datetime-local":
        return "2026-12-24T18:00"
    if kind == "number" or one.had.get("inputmode") == "numeric":
        return one.had.get("min", "1")
    if kind in ("search", "hidden", "password", "email", "tel"):
        return ""
    return "Giúp nhau học"


def heard(crawl: Crawl, offer: Offer, answer: TestResponse) -> str:
    """What is wrong with the answer to a form: refused, or silent about what happened."""
    if answer.status_code not in ANSWERS:
        return f"{answer.status_code} to {offer}"
    if answer.mimetype != "text/html":
        return ""
    before, after = crawl.pages[offer.page], Offers.of(offer.page, answer.text)
    elsewhere = answer.request.full_path.rstrip("?") != crawl.ends[offer.page]
    if after.flashed or after.error or elsewhere or after.words != before.words:
        return ""
    return f"nothing is said after {offer}"


def send(client: FlaskClient, offer: Offer) -> TestResponse:
    own = offer.button.had.get("formaction", "") if offer.button else ""
    action = urljoin(offer.page, own).partition("#")[0] if own else offer.form.action
    if offer.form.method == "get":
        return client.get(action, query_string=filled(offer), follow_redirects=True)
    headers = {"Referer": f"http://localhost{offer.page}"}
    return client.post(action, data=filled(offer), follow_redirects=True, headers=headers)
