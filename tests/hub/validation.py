"""What the Hub says about the front matter of a card before it takes it in; a small part of what the real one knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from starlette.responses import JSONResponse, PlainTextResponse

from tests.hub.call import route
from tests.hub.card import front_matter, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.responses import Response
    from starlette.routing import Route

    from tests.hub.call import Call

# https://huggingface.co/docs/hub/repositories-licenses
LICENCES = frozenset(Path(__file__).with_name("licences.txt").read_text(encoding="utf-8").split())
TEXT, TEXTS = "string", "array"
# https://github.com/huggingface/hub-docs/blob/main/modelcard.md
SHAPES: Mapping[str, tuple[str, ...]] = {
    "base_model": (TEXT, TEXTS),
    "base_model_relation": (TEXT,),
    "datasets": (TEXT, TEXTS),
    "language": (TEXT, TEXTS),
    "library_name": (TEXT,),
    "license": (TEXT, TEXTS),
    "license_link": (TEXT,),
    "license_name": (TEXT,),
    "metrics": (TEXT, TEXTS),
    "new_version": (TEXT,),
    "pipeline_tag": (TEXT,),
    "tags": (TEXTS,),
}
RELATIONS = ("adapter", "finetune", "merge", "quantized")
EMPTY = "empty or missing yaml metadata in repo card"


def routes() -> Iterator[Route]:
    """Return the check of a card."""
    yield route("/api/validate-yaml", validate, "POST")


def validate(call: Call) -> Response:
    """Check a card, in the two forms that the client asks for: all of it as JSON, or the errors alone as text."""
    errors, warnings = check(str(call.json().get("content", "")))
    if errors and "text/plain" in call.request.headers.get("accept", ""):
        return PlainTextResponse("\n".join(errors), 400)
    said = {"errors": [{"message": text} for text in errors], "warnings": [{"message": text} for text in warnings]}
    return JSONResponse(said, 400 if errors else 200)


def check(content: str) -> tuple[list[str], list[str]]:
    """Return the errors and the warnings of a card."""
    text = front_matter(content)
    try:
        card = yaml.safe_load(text or "")
    except yaml.YAMLError as error:
        return [f"YAML Metadata Error: {error}"], []
    if card is None:
        return [], [EMPTY]
    if not isinstance(card, dict):
        return ["YAML Metadata Error: front matter must be an object"], []
    errors = [
        f'"{key}" must be one of [{", ".join(shapes)}]' if len(shapes) > 1 else f'"{key}" must be {_article(shapes[0])}'
        for key, shapes in SHAPES.items()
        if key in card and not _has_shape(card[key], shapes)
    ]
    if not errors:
        errors += [f'"license" must be one of the known licenses, not {name!r}' for name in _unknown_licences(card)]
        if card.get("base_model_relation", "finetune") not in RELATIONS:
            errors.append(f'"base_model_relation" must be one of [{", ".join(RELATIONS)}]')
    return errors, []


def _unknown_licences(card: Mapping[str, Any]) -> list[str]:
    return [name for name in listed(card.get("license")) if name not in LICENCES]


def _has_shape(value: Any, shapes: tuple[str, ...]) -> bool:
    if isinstance(value, str):
        return TEXT in shapes
    return TEXTS in shapes and isinstance(value, list) and all(isinstance(one, str) for one in value)


def _article(shape: str) -> str:
    return f"an {shape}" if shape == TEXTS else f"a {shape}"
