"""Which files of a release hold a pickle: code that runs when the file is loaded.

They are recognised by their first bytes, never loaded.

https://docs.python.org/3/library/pickle.html and torch/serialization.py (zip archives with a data.pkl; before that, a
pickled magic number).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.releases.weight_formats import TRAINING_STATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hfsemver.releases.source import FileInfo, Source

# Endings that no loader hands to a pickle reader, or whose own readers refuse what is no such file.
_OTHER_ENDINGS = frozenset(
    [
        "c",
        "cc",
        "cfg",
        "cpp",
        "css",
        "csv",
        "cu",
        "gguf",
        "gif",
        "h",
        "hpp",
        "htm",
        "html",
        "ini",
        "ipynb",
        "jinja",
        "jpeg",
        "jpg",
        "js",
        "json",
        "jsonl",
        "keras",
        "llamafile",
        "lock",
        "log",
        "md",
        "mlmodel",
        "mp3",
        "mp4",
        "msgpack",
        "onnx",
        "onnx_data",
        "pdf",
        "png",
        "proto",
        "py",
        "pyi",
        "rst",
        "safetensors",
        "sh",
        "spm",
        "svg",
        "tex",
        "tflite",
        "toml",
        "ts",
        "tsv",
        "txt",
        "vocab",
        "wav",
        "webp",
        "xml",
        "yaml",
        "yml",
    ]
)
_NAMED = re.compile(
    r"(?:^|/)(?:(?:pytorch_|adapter_model|diffusion_pytorch_|learned_embeds|training_args|optimizer|scheduler|rng_state"
    r"|random_states)[^/]*\.bin|[^/]*\.(?:pt|pth|ckpt|pkl|pickle|joblib|dill))$",
    re.IGNORECASE,
)
# PROTO with version 2 to 5, then an opcode that a stream can begin with.
_PICKLE: Final = re.compile(rb"\x80[\x02-\x05][\x95}\](cXKMJNGUVIL\x88\x89\x8a\x8c\x8e)B]")
_NO_PICKLE = re.compile(rb"GGUF|lmgg|tjgg|fmgg|\x89HDF\r\n|.{5}\x00{3}\{\"", re.DOTALL)
_ZIP = b"PK\x03\x04"
_ZIP_END = b"PK\x05\x06"
_HEAD = 512
_ZIP_TAIL = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PickleFile:
    """A file that holds a pickle: ``seen`` in its bytes, else by its name alone."""

    path: str
    seen: bool

    @property
    def is_training_state(self) -> bool:
        """Whether it is a leftover of training that nobody loads for use: optimizer, scheduler, arguments."""
        return TRAINING_STATE.match(self.path.rpartition("/")[2]) is not None


def find_pickles(files: Mapping[str, FileInfo], source: Source) -> Mapping[str, PickleFile]:
    """Return the pickle-bearing files by path, sorted; reads at most 65 KiB of a file, and none of a pointer."""
    found = {}
    for path, info in files.items():
        seen = _look(source, info) if info.readable and may_hold_pickle(path) else None
        if seen or (seen is None and _NAMED.search(path)):
            found[path] = PickleFile(path=path, seen=bool(seen))
    return MappingProxyType(found)


def may_hold_pickle(path: str) -> bool:
    """Whether only the bytes of a file can tell that it is no pickle."""
    base = path.rpartition("/")[2]
    return base.rpartition(".")[2].lower() not in _OTHER_ENDINGS and not base.startswith(".git")


def _look(source: Source, info: FileInfo) -> bool | None:
    """Tell by the first bytes; ``None`` when they say nothing, as in a compressed joblib file."""
    head = source.read(info.path, 0, min(info.size, _HEAD))
    if head.startswith(_ZIP):
        return _is_torch_zip(head, info.size, lambda start: source.read(info.path, start, info.size))
    if _PICKLE.match(head):
        return True
    return False if _NO_PICKLE.match(head) else None


def _is_torch_zip(head: bytes, size: int, read_from: Callable[[int], bytes]) -> bool:
    """Whether a zip archive has a member that ends in ``.pkl``: its first one, else one at the end of its directory."""
    name_length = int.from_bytes(head[26:28], "little")
    if head[30 : 30 + name_length].endswith(b".pkl"):
        return True
    tail = read_from(max(0, size - _ZIP_TAIL))
    # No directory at the end is no archive that a reader would open; the name alone is then as good as any sign.
    return b".pkl" in tail or _ZIP_END not in tail
