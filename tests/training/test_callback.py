"""The callback, in a real training: what it saved is what the Hub releases."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver import api
from tests.hub.faults import ALWAYS, Status

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.hub import Hub

pytest.importorskip("accelerate")
torch = pytest.importorskip("torch")
ID = "acme/tiny"


@pytest.fixture
def trained(here: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what trains a tiny model for two steps, with a callback, and gives that back."""
    import transformers

    from hfsemver.training import ReleaseCallback

    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "http")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    here.create(ID, {"README.md": b"---\nlicense: mit\nversion: 1.0.0\n---\n# Tiny\n\nIt does nothing.\n"})
    config = transformers.LlamaConfig(
        vocab_size=32, hidden_size=8, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2
    )
    torch.manual_seed(0)
    model = transformers.LlamaForCausalLM(config)

    def train(steps: int = 2, **options: Any) -> Any:
        callback = ReleaseCallback(**options)
        arguments = transformers.TrainingArguments(
            output_dir=str(tmp_path / "out"),
            max_steps=steps,
            per_device_train_batch_size=2,
            learning_rate=1e-2,
            report_to=[],
            use_cpu=True,
            save_strategy="no",
            hub_model_id=ID,
            disable_tqdm=True,
        )
        data = [{"input_ids": [1, 2, 3, 4], "labels": [1, 2, 3, 4]}] * 8
        transformers.Trainer(model=model, args=arguments, train_dataset=data, callbacks=[callback]).train()
        return callback

    return train


def test_what_was_trained_is_released_when_training_ends(here: Hub, trained: Any, tmp_path: Path) -> None:
    """And again after more training, as the step that it is; the real loader takes the line that never breaks."""
    import transformers

    first = trained().pushed
    assert (first.version, first.target) == ("1.0.0", f"hf://{ID}")
    second = trained().pushed
    assert second.version == "1.1.0"
    loaded = transformers.LlamaForCausalLM.from_pretrained(tmp_path / "out/release")
    repository = here.repository(ID)
    stored = repository.content(repository.file(repository.commit_of("v1"), "model.safetensors"))
    assert stored == (tmp_path / "out/release/model.safetensors").read_bytes()
    assert sum(one.numel() for one in loaded.parameters()) > 0


def test_a_hub_that_does_not_answer_costs_no_training(
    here: Hub, trained: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is saved, and what to do is logged; where it is asked for, it is raised."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    here.faults.add("*", "/api/*", Status(503), times=ALWAYS)
    with caplog.at_level(logging.WARNING, "hfsemver"):
        assert trained().pushed is None
    assert "was not released" in caplog.text
    assert (tmp_path / "out/release/model.safetensors").exists()
    with pytest.raises(api.HfSemverError, match="503"):
        trained(strict=True)


def test_what_an_earlier_training_began_is_finished_before(
    here: Hub, trained: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And then comes what this one trained: it was not looked at while the other was made whole."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    trained()
    here.faults.add("POST", f"/api/models/{ID}/tag/*", Status(503), times=ALWAYS)
    assert trained().pushed is None
    here.faults.clear()
    done = trained().pushed
    assert (done.version, done.finished) == ("1.2.0", False)


def test_another_process_than_the_first_publishes_nothing(trained: Any, tmp_path: Path) -> None:
    """Of many that train one model."""
    from types import SimpleNamespace

    from hfsemver.training import ReleaseCallback

    callback = ReleaseCallback(ID)
    callback.on_train_end(SimpleNamespace(output_dir=str(tmp_path)), SimpleNamespace(is_world_process_zero=False), None)
    assert callback.pushed is None
    assert trained is not None
