"""Upload and download by Xet: the arguments are a repository, another one to copy to, and a folder for the files."""

from __future__ import annotations

import io
import json
import random
import sys
from pathlib import Path
from typing import Any

from huggingface_hub import CommitOperationAdd, CommitOperationCopy, HfApi

NAME = "model.safetensors"


def upload(repo_id: str, copy_id: str, folder: str) -> dict[str, Any]:
    """Commit weights from a file, the same again, others, a copy, a pull request and a stream; read them all back."""
    api = HfApi()
    weights = random.Random(1).randbytes(300_000)
    path = Path(folder) / NAME
    path.write_bytes(weights)
    files = [CommitOperationAdd(NAME, path), CommitOperationAdd("config.json", b"{}")]
    first = api.create_commit(repo_id, files, commit_message="one")
    again = api.create_commit(repo_id, [CommitOperationAdd(NAME, weights)], commit_message="again")
    other = weights[:-8] + bytes(8)
    api.upload_file(path_or_fileobj=other, path_in_repo=NAME, repo_id=repo_id)
    copy = CommitOperationCopy(NAME, NAME, src_repo_id=repo_id, src_repo_type="model", src_revision=first.oid)
    api.create_commit(copy_id, [copy], commit_message="copy")
    part = [CommitOperationAdd("part.bin", weights[:1000])]
    pull = api.create_commit(repo_id, part, commit_message="pull", create_pr=True)
    api.upload_file(path_or_fileobj=io.BytesIO(weights[::-1]), path_in_repo="stream.bin", repo_id=repo_id)

    def came(expected: bytes, name: str = NAME, repo: str = repo_id, revision: str | None = None) -> bool:
        return Path(api.hf_hub_download(repo, name, revision=revision)).read_bytes() == expected

    return {
        "first": first.oid,
        "again": again.oid,
        "came back": [
            came(weights, revision=first.oid),
            came(other),
            came(weights, repo=copy_id),
            came(weights[:1000], "part.bin", revision=pull.pr_revision),
            came(weights[::-1], "stream.bin"),
        ],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(upload(*sys.argv[1:])))
