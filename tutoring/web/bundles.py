"""Scripts of several modules that leave the server as one file.

Each further file costs a first visit its headers and the words that it has in common with the others, about 700 bytes.
A part keeps a scope of its own, so names in two parts may be the same.
"""

import re
from functools import lru_cache

from flask import Flask, request
from werkzeug.wrappers import Response

from tutoring.web.assets import PARTS, static_text

_IMPORT = re.compile(r'^import (?:\* as (\w+)|\{([^}]*)\}) from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const) (?:(\w+)|\{([^}]*)\}))", re.MULTILINE)


def _given(text: str) -> str:
    """Returns the names that a module exports, separated by commas."""
    return ", ".join(one or some.strip() for one, some in _EXPORT.findall(text))


@lru_cache(maxsize=len(PARTS))
def bundle(script: str) -> str:
    """Returns a script with its parts, each in a scope of its own, in the order in which they need each other."""
    texts = {module: static_text(module) for module in (*PARTS[script], script)}
    others = sorted({found[2] for text in texts.values() for found in _IMPORT.findall(text)} - texts.keys())
    names = {module: f"${number}" for number, module in enumerate([*others, *texts])}

    def taken(imported: re.Match[str]) -> str:
        whole, some, module = imported.groups()
        return f"const {whole or '{' + some.replace(' as ', ': ') + '}'} = {names[module]};\n"

    lines = [f'import * as {names[module]} from "{module}";\n' for module in others]
    for module, text in texts.items():
        body, given = _EXPORT.sub("", _IMPORT.sub(taken, text)), _given(text)
        lines.append(f"const {names[module]} = await (async () => {{\n{body}return {{ {given} }};\n}})();\n")
    return "".join(lines)


def init(app: Flask) -> None:
    """Sends bundles in place of the scripts that have parts; call it after compression, which runs later."""
    bundle.cache_clear()

    @app.after_request
    def _bundled(response: Response) -> Response:
        script = (request.view_args or {}).get("filename") if request.endpoint == "static" else None
        if script in PARTS and response.status_code == 200:
            response.set_data(bundle(script))
            response.direct_passthrough = True  # still a file for compression.py
        return response
