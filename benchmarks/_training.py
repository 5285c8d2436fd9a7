"""Training of small networks, and of low-rank adapters for them: the same on every run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from _networks import CODE, REAL, Kind, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    import torch


@dataclass(frozen=True, kw_only=True)
class Course:
    """How a network is trained: on which task, how hard, how long, in which order of the data."""

    steps: int
    rate: float = 1e-3
    task: int = CODE
    order: int = 0
    decay: float = 0.01


def fresh(kind: Kind, seed: int) -> State:
    """Return the values that a network of this kind starts from."""
    import torch

    torch.manual_seed(seed)
    return copied(kind.make())


def copied(network: torch.nn.Module) -> State:
    """Return the values of a network, each tensor once."""
    found: dict[int, str] = {}
    for name, values in network.state_dict(keep_vars=True).items():
        found.setdefault(id(values), name)
    kept = set(found.values())
    return {name: values.detach().clone() for name, values in network.state_dict().items() if name in kept}


def train(kind: Kind, start: State, course: Course) -> State:
    """Train all values with AdamW, from ``start``."""
    network = _loaded(kind, start)
    _descend(kind, network, network.parameters(), course)
    return copied(network)


def _loaded(kind: Kind, start: State) -> torch.nn.Module:
    import torch

    torch.manual_seed(0)
    network = kind.make()
    network.load_state_dict(start, strict=False)
    # MiniLM comes with dropout, which would draw from the same numbers as everything else.
    return network if kind.name == REAL.name else network.train()


def _descend(kind: Kind, network: torch.nn.Module, parameters: Iterable[torch.nn.Parameter], course: Course) -> None:
    import torch

    draw = torch.Generator().manual_seed(1000 + course.order)
    optimiser = torch.optim.AdamW(parameters, lr=course.rate, weight_decay=course.decay)
    for _ in range(course.steps):
        optimiser.zero_grad()
        torch.autograd.backward(kind.loss(network, course.task, draw))
        optimiser.step()


@dataclass(frozen=True, kw_only=True)
class Adapted:
    """A low-rank adapter, as peft would save it, and the values with the adapter merged in."""

    adapter: State
    merged: State


def adapt(kind: Kind, start: State, course: Course, *, seed: int, adapter: State | None = None) -> Adapted:
    """Train an adapter of rank 8 with ``start`` frozen: from zero, or from where another run of it ended."""
    import torch
    from torch import nn
    from torch.nn.utils import parametrize

    class Low(nn.Module):
        def __init__(self, inner: int, outer: int) -> None:
            super().__init__()
            self.a = nn.Parameter(torch.empty(8, inner))
            self.b = nn.Parameter(torch.zeros(outer, 8))
            nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))

        def forward(self, weight: torch.Tensor) -> torch.Tensor:
            return weight + 2 * self.b @ self.a

    network = _loaded(kind, start).requires_grad_(requires_grad=False)
    torch.manual_seed(seed)
    lows: dict[str, Low] = {}
    for name, layer in list(network.named_modules()):
        if isinstance(layer, nn.Linear) and name.endswith(kind.lora):
            lows[name] = low = Low(layer.in_features, layer.out_features)
            parametrize.register_parametrization(layer, "weight", low)
    key = "base_model.model.{}.lora_{}.weight"
    for name, low in lows.items():
        if adapter is not None:
            low.a.data.copy_(adapter[key.format(name, "A")])
            low.b.data.copy_(adapter[key.format(name, "B")])
    _descend(kind, network, [part for low in lows.values() for part in low.parameters()], course)
    saved: State = {}
    for name, low in lows.items():
        saved |= {key.format(name, "A"): low.a.detach().clone(), key.format(name, "B"): low.b.detach().clone()}
        parametrize.remove_parametrizations(network.get_submodule(name), "weight")
    return Adapted(adapter=saved, merged=copied(network))


def loss_of(kind: Kind, state: State) -> float:
    """Return the loss of a network on text that is the same for all."""
    import torch

    with torch.no_grad():
        return kind.loss(_loaded(kind, state), CODE, torch.Generator().manual_seed(7)).item()
