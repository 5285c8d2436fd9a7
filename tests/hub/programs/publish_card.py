"""Publish a card by the functions of huggingface_hub that take no endpoint: the first argument is the repository."""

from __future__ import annotations

import json
import sys
from typing import Any

from huggingface_hub import ModelCard, metadata_update


def publish(repo_id: str) -> dict[str, Any]:
    """Push, load and update a card, try one that is wrong, and return what came of it."""
    card = ModelCard("---\nlicense: apache-2.0\n---\n# A model\n")
    card.data["base_model"], card.data["base_model_relation"] = "acme/root", "finetune"
    url = card.push_to_hub(repo_id, commit_message="card")
    loaded = ModelCard.load(repo_id).data.to_dict()
    metadata_update(repo_id, {"license": "mit"}, overwrite=True)
    try:
        refused = str(ModelCard("---\nbase_model: 3\n---\nx").push_to_hub(repo_id))
    except ValueError as error:
        refused = str(error)
    return {"url": str(url), "loaded": loaded, "now": ModelCard.load(repo_id).data.get("license"), "refused": refused}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(publish(sys.argv[1])))
