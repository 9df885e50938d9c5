"""JSON Schemas of all formats in content/, for validation in text editors."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tutoring.lessons.content.blocks import BLOCKS
from tutoring.lessons.content.quiz_file import QuizFile
from tutoring.lessons.content.quiz_translations import QuizTranslationFile
from tutoring.lessons.content.schema import (
    FactsFile,
    Front,
    LabelsFile,
    PathFile,
    SkillsFile,
    SubjectsFile,
    SynonymsFile,
    TranslatedFront,
)
from tutoring.lessons.content.screens.schema import Screen

MODELS: dict[str, type[BaseModel]] = {
    "lesson": Front,
    "translation": TranslatedFront,
    "quiz": QuizFile,
    "quiz-translation": QuizTranslationFile,
    "path": PathFile,
    "skills": SkillsFile,
    "subjects": SubjectsFile,
    "facts": FactsFile,
    "synonyms": SynonymsFile,
    "screens": LabelsFile,
    "block-screen": Screen,
    **{f"block-{name}": model for name, model in BLOCKS.items()},
}


def schemas(models: Mapping[str, type[BaseModel]] = MODELS) -> dict[str, str]:
    """Returns the text of each schema file by its name."""
    made = {f"{name}.json": _schema(model) for name, model in models.items()}
    return {
        name: json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n" for name, schema in made.items()
    }


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    made = model.model_json_schema()
    if "items" in made.get("properties", {}):  # the block `mistakes` is written as a bare list
        made = {**made["properties"]["items"], "$defs": made["$defs"], "title": made["title"]}
    made.get("properties", {}).pop("type", None)  # the type stands after the three backticks, not in the YAML
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def write_schemas(folder: Path, models: Mapping[str, type[BaseModel]] = MODELS) -> list[str]:
    """Writes the schema files that are missing or out of date; returns their names."""
    folder.mkdir(exist_ok=True)
    stale = {name: text for name, text in schemas(models).items() if not _same(folder / name, text)}
    for name, text in stale.items():
        (folder / name).write_text(text, "utf-8")
    return list(stale)


def _same(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text("utf-8") == text
