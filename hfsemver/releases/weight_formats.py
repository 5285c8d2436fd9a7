"""Which files of a release are weights that a consumer asks for by name, and in which format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from hfsemver.core.location import unsharded
from hfsemver.releases.weights import INDEX_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Formats whose files are known by their ending alone.
_KINDS = MappingProxyType(
    {
        "safetensors": "safetensors",
        "gguf": "gguf",
        "onnx": "onnx",
        "pt": "pytorch",
        "pth": "pytorch",
        "ckpt": "pytorch",
        "h5": "tensorflow",
        "keras": "keras",
        "msgpack": "flax",
        "tflite": "tflite",
        "mlmodel": "coreml",
        "ot": "rust",
        "nemo": "nemo",
        "llamafile": "llamafile",
    }
)

# Snapshots in the middle of a training run, and its logs: nobody loads a release from there.
RUN_FOLDER = re.compile(r"(?:^|/)(?:checkpoint-\d+|global_step\d+|runs|logs|wandb)/")
TRAINING_STATE = re.compile(
    r"^(?:optimizer|scheduler|scaler|rng_state|random_states|training_args|trainer_state|zero_pp_rank|.*optim_states)",
    re.IGNORECASE,
)
_BUNDLE = re.compile(r"^(?P<name>(?:.*/)?[^/]+\.(?:mlpackage|mlmodelc))/")
_SAVED_MODEL = re.compile(r"^(?P<name>(?:.*/)?)(?:saved_model\.pb|variables/variables\.[^/]+)$")
# Weights beside the graph, in one file or several.
_ONNX_DATA = re.compile(r"(?<=\.onnx)(?:_data|\.data)(?:_\d+)?$")
_TF_CHECKPOINT = re.compile(r"(?<=\.ckpt)\.(?:index|meta|data-\d+-of-\d+)$")
# Parts of one network by rank: consolidated.00.pth. How many there are is a matter of layout, like shards.
_RANK = re.compile(r"(?<=consolidated)\.\d+(?=\.pth$)")
_TORCH_BIN = re.compile(
    r"^(?:pytorch_|adapter_model|diffusion_pytorch_|learned_embeds|text_encoder_|unet_|.*lora.*)", re.IGNORECASE
)
_GGML = re.compile(r"ggml", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFormat:
    """A weight set that a consumer can ask for by name.

    ``name`` is the path without the shard number (``model.safetensors``, ``onnx/model.onnx``, ``x.Q4_K_M.gguf``),
    ``kind`` the format (``safetensors``, ``pytorch``, ``gguf``, ``onnx``, ...), ``files`` all its files, sorted.
    """

    name: str
    kind: str
    files: tuple[str, ...]

    @property
    def folder(self) -> str:
        """The folder of the set, empty at the root."""
        return self.name.rpartition("/")[0]


def safe_twins(name: str) -> frozenset[str]:
    """Return under which names the weights of a pickle also come as safetensors: its own, or the one of transformers."""
    folder, slash, base = name.rpartition("/")
    stem = base.rpartition(".")[0]
    stems = {stem, stem.replace("pytorch_model", "model", 1) if stem.startswith("pytorch_model") else stem}
    twins = {f"{folder}{slash}{each}.safetensors" for each in stems}
    if stem == "consolidated":
        # The layout of the training code, published beside the one for loaders.
        twins |= {"model.safetensors", "consolidated.safetensors"}
    return frozenset(twins)


def find_formats(paths: Iterable[str]) -> Mapping[str, WeightFormat]:
    """Return the weight sets among ``paths`` by name, sorted. An index without a single weight file is no set."""
    names = frozenset(paths)
    found: dict[str, tuple[str, list[str]]] = {}
    for path in sorted(names):
        known = None if RUN_FOLDER.search(path) else _classify(path, names)
        if known is not None:
            name, kind = known
            found.setdefault(name, (kind, []))[1].append(path)
    return MappingProxyType(
        {name: WeightFormat(name=name, kind=kind, files=tuple(files)) for name, (kind, files) in sorted(found.items())}
    )


def _classify(path: str, names: frozenset[str]) -> tuple[str, str] | None:
    """Return the name of the set that a file belongs to and its format, ``None`` for a file that is no weights."""
    base = path.rpartition("/")[2]
    stem, _, ending = base.rpartition(".")
    if not stem or TRAINING_STATE.match(base):
        return None
    if bundle := _BUNDLE.match(path) or _SAVED_MODEL.match(path):
        coreml = bundle.re is _BUNDLE
        return (bundle["name"], "coreml") if coreml else (bundle["name"] + "saved_model.pb", "tensorflow")
    for part, kind in ((_ONNX_DATA, "onnx"), (_TF_CHECKPOINT, "tensorflow")):
        if part.search(path):
            return part.sub("", path), kind
    ending = ending.lower()
    if ending in ("bin", "xml"):
        return _classify_binary(path, base, names)
    if ending in _KINDS:
        return _RANK.sub("", unsharded(path)), _KINDS[ending]
    if ending == "npz" and base.startswith("weights"):
        return path, "mlx"
    # Whole estimators of scikit-learn and its kin; encoders and vocabularies beside them are no weights.
    return (path, "pickle") if ending in ("pkl", "pickle", "joblib") and "model" in stem.lower() else None


def _classify_binary(path: str, base: str, names: frozenset[str]) -> tuple[str, str] | None:
    """Tell the formats that share one ending by their neighbours and by custom."""
    bare = path[: path.rindex(".")]
    if f"{bare}.xml" in names and f"{bare}.bin" in names:
        return f"{bare}.xml", "openvino"
    if base.endswith(".xml"):
        return None
    name = unsharded(path)
    if _GGML.search(base):
        return name, "ggml"
    if _TORCH_BIN.match(base) or name + INDEX_SUFFIX in names:
        return name, "pytorch"
    return (name, "binary") if "model" in base.lower() else None
