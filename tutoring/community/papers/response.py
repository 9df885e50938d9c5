"""The answer that holds an official paper: as PDF, or as Word file."""

from collections.abc import Sequence

from flask import make_response
from werkzeug.wrappers import Response

from tutoring.community.papers import pdf_file, word_file
from tutoring.community.papers.paper import Paper
from tutoring.kernel.errors import NotFound

PDF, WORD = {"ending": "pdf"}, {"ending": "docx"}  # defaults of the two routes of a paper


def paper_file(paper: Paper, ending: str, name: str) -> Response:
    """Returns the file; `name` is without ending and holds no name of a person. Raises NotFound for another ending."""
    if ending not in ("pdf", "docx"):
        raise NotFound
    return _response(pdf_file.drawn(paper) if ending == "pdf" else word_file.written(paper), ending, name)


def papers_file(papers: Sequence[Paper], name: str) -> Response:
    """Returns several papers as one PDF."""
    return _response(pdf_file.drawn(*papers), "pdf", name)


def _response(data: bytes, ending: str, name: str) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = "application/pdf" if ending == "pdf" else word_file.MIMETYPE
    response.headers["Content-Disposition"] = f'{_SHOWN[ending]}; filename="{name}.{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


_SHOWN = {"pdf": "inline", "docx": "attachment"}
