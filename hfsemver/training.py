"""Publish what was trained as a release, when training ends: a callback for the ``Trainer`` of transformers.

>>> trainer.add_callback(ReleaseCallback("org/name"))  # doctest: +SKIP

https://huggingface.co/docs/transformers/main_classes/callback. This module alone needs transformers.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback

from hfsemver import api

if TYPE_CHECKING:
    from hfsemver.workflows.upload.request import Pushed

__all__ = ["ReleaseCallback"]

_log = logging.getLogger("hfsemver")


class ReleaseCallback(TrainerCallback):
    """Save model and tokenizer when training ends, and push them to ``repo`` as the release that their changes require.

    ``repo`` is ``org/name`` or ``hf://org/name@BRANCH``, by default the ``hub_model_id`` of the training. ``folder`` is where
    the release is put together, by default ``release`` in the output folder; ``pre`` makes a candidate of it. What stands
    against the release is logged and leaves the training as it is, since the model is saved by then; with ``strict`` it is
    raised. Of several processes the first one of all publishes. Where the weights lie apart (FSDP, ZeRO-3), save them with
    ``trainer.save_model(folder)`` and call ``hfsemver.api.push`` instead. ``pushed`` is what became of it.
    """

    def __init__(
        self,
        repo: str | None = None,
        *,
        folder: str | Path | None = None,
        pre: str | None = None,
        strict: bool = False,
    ) -> None:
        """Set up; nothing is looked at before training ends."""
        self.repo = repo
        self.folder = folder
        self.pre = pre
        self.strict = strict
        self.pushed: Pushed | None = None

    def on_train_end(
        self,
        args: Any,
        state: Any,
        control: Any,  # noqa: ARG002 -- the signature is that of the library
        model: Any = None,
        processing_class: Any = None,
        **_more: Any,
    ) -> None:
        """Save, judge and publish. Raises ``HfSemverError`` only where ``strict`` asks for it."""
        if not state.is_world_process_zero or model is None:
            return
        folder = Path(args.output_dir, "release") if self.folder is None else Path(self.folder)
        for part in (model, processing_class):
            if part is not None:
                part.save_pretrained(folder)
        try:
            self.pushed = api.push(folder, self._target(args), pre=self.pre)
            if self.pushed.finished:
                # That was a release that an earlier training began; what this one trained is yet to be looked at.
                self.pushed = api.push(folder, self._target(args), pre=self.pre)
        except api.HfSemverError as error:
            if self.strict:
                raise
            _log.warning("the model is saved in %s, and was not released: %s (%s)", folder, error, error.hint)
        else:
            _log.info("released v%s on %s", self.pushed.version, self.pushed.target)

    def _target(self, args: Any) -> str:
        repo = self.repo or getattr(args, "hub_model_id", None)
        if not repo:
            fault = "no model on the Hub is named to be released"
            raise api.HfSemverError(
                fault, hint='ReleaseCallback("org/name"), or hub_model_id in the training arguments'
            )
        return repo if repo.startswith("hf://") else f"hf://{repo}"
