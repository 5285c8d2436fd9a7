"""Names of base models, brought to one spelling."""

from __future__ import annotations

import re
from types import MappingProxyType

# Models from before organisations: their one-word names lead to these places (by the beginning of the name).
_MOVED = MappingProxyType(
    {
        "albert-": "albert",
        "bert-": "google-bert",
        "camembert-": "almanach",
        "distilbert-": "distilbert",
        "distilgpt2": "distilbert",
        "distilroberta-": "distilbert",
        "gpt2": "openai-community",
        "openai-gpt": "openai-community",
        "roberta-": "facebookai",
        "t5-": "google-t5",
        "transfo-xl-": "transfo-xl",
        "xlm-mlm-": "facebookai",
        "xlm-roberta-": "facebookai",
        "xlnet-": "xlnet",
    }
)
_HUB = re.compile(r"^(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co)/|hf://)(?:models/)?", re.IGNORECASE)
_PAGE = re.compile(r"/(?:tree|blob|resolve|commit)/.*$|/+$|\.git$")
_ID = re.compile(r"(?:[a-z0-9][\w.-]*/)?[a-z0-9][\w.-]*", re.ASCII | re.IGNORECASE)

# Far more than any address of a model takes; what is longer names none, and would take long to read.
_LONGEST = 400


def base_id(name: str) -> str | None:
    """Return a Hub id in one spelling, ``None`` for what is none: a local path, a placeholder, another address.

    The Hub leads every spelling of case to one repository, so case does not count.

    >>> base_id("https://huggingface.co/Org/Name/tree/main")
    'org/name'
    >>> base_id("/home/me/checkpoint-500") is None
    True
    """
    text = address(name)
    if text is None:
        return None
    owner, _, repo = text.casefold().rpartition("/")
    if not owner:
        owner = next((place for start, place in _MOVED.items() if repo.startswith(start)), "")
    # Meta renamed Meta-Llama-3.1-8B and its like to Llama-3.1-8B; the old names lead there.
    if owner == "meta-llama":
        repo = repo.removeprefix("meta-")
    return f"{owner}/{repo}" if owner else repo


def address(name: str) -> str | None:
    """Return a Hub id as it is written, without the page around it; ``None`` for what is none.

    >>> address("https://huggingface.co/Org/Name/tree/main")
    'Org/Name'
    """
    if len(name) > _LONGEST:
        return None
    text = _PAGE.sub("", _HUB.sub("", name.strip()))
    return text if _ID.fullmatch(text) else None
