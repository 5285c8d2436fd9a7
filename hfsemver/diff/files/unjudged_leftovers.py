"""Weight files that lie under the name of a set and that its library leaves alone, while other programs load them.

vLLM and SGLang follow an index wherever there is one, also beside a single file, and open every file where there is
none; MLX opens every file. So a leftover that did not change changes nothing for anybody, and any other one may.
https://github.com/vllm-project/vllm/blob/main/vllm/model_executor/model_loader/weight_utils.py
(filter_duplicate_safetensors_files)
https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/utils.py (load_model)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.location import unsharded
from hfsemver.releases.weights import INDEX_SUFFIX, series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.releases.release import Release

_ENDING: Final = ".safetensors"


def changed_leftovers(files: FilesDiff, limit: int) -> Iterator[str]:
    """Yield one text for each set beside whose files others came, went or changed, up to ``limit`` bytes of each read."""
    if files.baseline is None or files.current is None:
        return
    before, after = _leftovers(files.baseline), _leftovers(files.current)
    for name in sorted({*before, *after}):
        told = [(path, "is gone") for path in before.get(name, ()) if path in files.removed]
        for path in after.get(name, ()):
            if path in files.added:
                told.append((path, "is new"))
            elif (same := files.same(path, limit=limit)) is not True:
                told.append((path, "may have changed" if same is None else "changed"))
        if told:
            path, word = told[0]
            more = f" (with {len(told) - 1} more)" if len(told) > 1 else ""
            yield f"{path}{more} {word} beside the files of {name} that its library opens, while other programs load it"


def _leftovers(release: Release) -> dict[str, tuple[str, ...]]:
    """Return the leftovers by set; weights are read only where the names leave it open which of them are opened."""
    kinds: dict[str, set[str]] = {}
    for path in release.files:
        if path.endswith((_ENDING, _ENDING + INDEX_SUFFIX)):
            kinds.setdefault(unsharded(path.removesuffix(INDEX_SUFFIX)), set()).add(series(path))
    # One file, or the shards of one saving with their index or without.
    clear = all(
        len(found) == 1 or (len(found) == 2 and name not in found and name + INDEX_SUFFIX in found)  # noqa: PLR2004 -- the two
        for name, found in kinds.items()
    )
    try:
        found = () if clear else release.weights.safe
    except EvidenceMissing:
        return {}  # the rules that read weights say so
    return {weight_set.name: weight_set.leftovers for weight_set in found if weight_set.leftovers}
