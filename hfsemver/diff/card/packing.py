"""Whether a release says that its weights are packed, and how: in its config, in a file of a quantiser, or by a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hfsemver.diff.config.quantization import GPTQ_FILE, MODELOPT_FILE, SECTIONS

if TYPE_CHECKING:
    from hfsemver.releases.release import Release

QUANTIZED_FILE: Final = re.compile(
    r"(?<![a-z0-9])(?:\d(?:\.\d+)?[ _-]?bits?|bits?|bpw|w\d+a\d+|u?int[1248]|[nm]?[mxnv]*fp[468]|nf4|i?q[1-8](?:_\w+)?|e4m3|e5m2|"
    r"gptq\w*|awq|gguf|ggml|bitsandbytes|bnb|exl[23]|hqq|quanto|aqlm|quip\w*|hadamard|smooth\w*|torchao|auto-?round|"
    r"compressed[ _-]tensors|llm-?compressor|modelopt|onnx\w*|openvino|nncf|coreml|tensorrt\w*|mlx|marlin|eetq|spqr|vptq|"
    r"imatrix|ternary|bitnet|calibrat\w*|group.?size|svdq\w*|qat|fake.?quant\w*)(?![a-z0-9])",
    re.IGNORECASE,
)
"""A method or a number of bits, in the name of a file or in prose."""
# Every other format says in its header how it is packed.
_PLAIN: Final = frozenset({"safetensors", "pytorch"})
# Of transformers, of a part of a pipeline, and of MLX.
_KEYS: Final = (*SECTIONS, "quantization")


def is_packed(release: Release) -> bool:
    """Whether anything but the tensors says how the weights are packed.

    Raises ``EvidenceMissing`` where the bytes of a config are not here.
    """
    files = release.files
    if GPTQ_FILE in files or MODELOPT_FILE in files:
        return True
    formats = release.weight_formats.values()
    if any(known.kind not in _PLAIN or QUANTIZED_FILE.search(known.name) for known in formats):
        return True
    configs = [path for path in files if path == "config.json" or path.endswith("/config.json")]
    return any((release.json(path) or {}).get(key) for path in configs for key in _KEYS)
