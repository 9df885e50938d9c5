"""The Flask application of the site: its template environment, and addresses that are built once."""

from typing import Any

from flask import Flask
from flask.globals import request_ctx

from tutoring.web.page_templates import PageEnvironment

MOST = 2048  # addresses in memory
_PUBLIC = frozenset({"_anchor", "filename", "slug", "v"})  # texts that belong to no person


class Application(Flask):
    """Flask, where a page's addresses cost a look-up.

    An address of numbers and public texts is remembered. Addresses with codes or tokens are built each time.
    """

    jinja_environment = PageEnvironment

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._addresses: dict[tuple[Any, ...], str] = {}

    def url_for(self, endpoint: str, /, **values: Any) -> str:  # type: ignore[override]
        """Builds an address as Flask does."""
        if not request_ctx or endpoint[:1] == "." or not _is_public(values) or self.url_default_functions:
            return super().url_for(endpoint, **values)
        adapter: Any = request_ctx.url_adapter
        key = (endpoint, adapter.script_name, adapter.default_method, *values.items())
        found = self._addresses.get(key)
        if found is None:
            if len(self._addresses) >= MOST:
                self._addresses.clear()
            found = self._addresses[key] = super().url_for(endpoint, **values)
        return found


def _is_public(values: dict[str, Any]) -> bool:
    for name, value in values.items():
        if type(value) is not int and value is not None and (type(value) is not str or name not in _PUBLIC):
            return False
    return True
