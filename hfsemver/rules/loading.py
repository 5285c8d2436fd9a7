"""How somebody would load a file of weights to see for himself what a finding says."""

from __future__ import annotations


def load_call(file: str) -> str:
    """Return the call that reads the tensors of a file into a dict.

    >>> load_call("pytorch_model.bin")
    'torch.load("pytorch_model.bin", weights_only=True)'
    """
    return (
        f'load_file("{file}")' if file.lower().endswith(".safetensors") else f'torch.load("{file}", weights_only=True)'
    )
