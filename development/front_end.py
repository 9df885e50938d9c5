"""Front-end files from npm, fonts cut down to the letters that pages need, compiled translations."""

import contextlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import dev

FONT_TOOLS = "requirements-fonts.txt"
PICTURES = "content/pictures.txt"  # which are fetched: one name a line


def prepare() -> None:
    """Fetches and compiles what is missing or out of date."""
    assets()
    translations()


def assets() -> None:
    """Third-party front-end files: npm checks their hashes, "vendor" in package.json says which are served.

    "fonts" are served too, cut down to the "letters". The pictures that PICTURES names are taken out of their set.
    """
    inputs = [dev.ROOT / name for name in ("package.json", "package-lock.json", ".npmrc", FONT_TOOLS, PICTURES)]
    package = json.loads(inputs[0].read_text("utf-8"))
    vendor, fonts = package["vendor"], package["fonts"]
    target = dev.ROOT / "static" / "vendor"

    def fetch() -> list[Path]:
        dev.quietly("npm ci", find_npm(), "ci", "--omit=dev", "--loglevel=error", hint="Is the network there?")
        fresh = target.with_name("vendor.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for source, name in vendor.items():
            shutil.copyfile(dev.ROOT / "node_modules" / source, fresh / name)
        dev.install("installing the font tools", FONT_TOOLS)
        for source, name in fonts.items():
            cut_font(dev.ROOT / "node_modules" / source, fresh / name, package["letters"])
        write_pictures(dev.ROOT / "node_modules" / package["pictures"], fresh / "pictures")
        shutil.rmtree(target, ignore_errors=True)
        os.replace(fresh, target)
        return [target / name for name in (*vendor.values(), *fonts.values(), "pictures")]

    dev.once("assets", dev.digest(inputs), "fetching the front-end files", fetch)


def write_pictures(source: Path, folder: Path) -> None:
    """One SVG file for each chosen picture of a set in Iconify's format, with the licence of the set beside them."""
    picture_set = json.loads(source.read_text("utf-8"))
    size = f"0 0 {picture_set['width']} {picture_set['height']}"
    folder.mkdir()
    for line in (dev.ROOT / PICTURES).read_text("utf-8").splitlines():
        name = line.partition("#")[0].strip()
        if name and name not in picture_set["icons"]:
            raise dev.Stop(f"{PICTURES} names the picture {name}, which {source.parent.name} does not have.")
        if name:
            body = picture_set["icons"][name]["body"]
            svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}">{body}</svg>'
            (folder / f"{name}.svg").write_text(svg, "utf-8")
    shutil.copyfile(dev.ROOT / "static" / "pictures" / "LICENSE.txt", folder / "LICENSE.txt")


def script_checker() -> None:
    """What checks scripts and style sheets (tests/checks.py): the packages that a site does without."""
    inputs = [dev.ROOT / name for name in ("package.json", "package-lock.json", ".npmrc")]

    def fetch() -> list[Path]:
        dev.quietly("npm ci", find_npm(), "ci", "--loglevel=error", hint="Is the network there?")
        return [dev.ROOT / "node_modules" / "@biomejs" / "biome"]

    dev.once("script-checker", dev.digest(inputs), "fetching the checker of scripts", fetch)


def cut_font(source: Path, made: Path, letters: list[str]) -> None:
    """A font of these letters, with its licence; the bold one, which headings have, with kerning.

    Every letter is one sign of its own, so no marks need placing. Screens today smooth outlines without the
    instructions that are half of the file. Letters of other languages are drawn by a font of the device.
    """
    features = "kern" if "700" in made.name else ""
    keep = (f"--layout-features={features}", "--no-hinting", "--name-IDs=0,13,14", "--flavor=woff2")
    which = "--unicodes=" + ",".join(letters)
    subset = (dev.PYTHON, "-m", "fontTools.subset", source, which, f"--output-file={made}")
    dev.quietly(f"cutting down {source.name}", *subset, *keep)


def find_npm() -> str | Path:
    """npm from PATH, else from a Python package that carries Node.js."""
    npm = shutil.which("npm")
    with contextlib.suppress(OSError, ValueError, subprocess.CalledProcessError):
        # npm before 7 cannot read the lock's format.
        if npm and int(subprocess.check_output([npm, "--version"]).split(b".")[0]) >= 7:
            return npm
    dev.say("npm is not installed: fetching it as a Python package ...")
    dev.install("installing npm", "requirements-node.txt")
    return dev.BIN / ("npm.exe" if dev.WINDOWS else "npm")


def translations() -> None:
    """The catalogues that gettext reads."""
    sources = sorted((dev.ROOT / "translations").glob("*/LC_MESSAGES/*.po"))
    if not sources:
        return

    def compile_all() -> list[Path]:
        pybabel = (dev.PYTHON, "-m", "babel.messages.frontend")
        dev.quietly("compiling the translations", *pybabel, "compile", "-d", dev.ROOT / "translations")
        return [source.with_suffix(".mo") for source in sources]

    where = [str(source) for source in sources]
    dev.once("translations", dev.digest(sources, *where), "compiling the translations", compile_all)
