"""The values that reach the network for the same picture or sound are other ones.

Why: whoever prepares the input by the old numbers gets wrong answers with no error.
Fix: restore the setting, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.config.change import shown
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

FILE = "preprocessor_config.json"
VIT: dict[str, object] = {"image_processor_type": "ViTImageProcessor", "image_mean": [0.5, 0.5, 0.5]}
MEAN = Example(baseline={FILE: VIT}, current={FILE: {**VIT, "image_mean": [0.485, 0.456, 0.406]}}, findings=1)
SWITCH = Example(baseline={FILE: VIT}, current={FILE: {**VIT, "do_rescale": False}}, findings=1)
OTHER_KEY = Example(
    baseline={FILE: {**VIT, "special": 1}}, current={FILE: {**VIT, "special": 2}}, also=("config-value-changed",)
)
SAVED_AGAIN = Example(
    baseline={FILE: VIT},
    current={
        FILE: {
            "do_convert_rgb": None, "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5], "resample": 2, "rescale_factor": 0.00392156862745098, "size": {"height": 224, "width": 224},
            "image_processor_type": "ViTImageProcessorFast",
        },
    },
)  # fmt: skip


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="interface",
    since="0.2.0",
    examples=(MEAN, SWITCH, OTHER_KEY, SAVED_AGAIN),
    mirror="none: the way back is another normalization too",
)
def input_normalization_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each setting."""
    for change in diff.processors.values:
        yield Note(
            location=Location(file=change.file, pointer=change.key),
            message=str(change),
            baseline=shown(change.old),
            current=shown(change.new),
            witness=f"AutoProcessor.from_pretrained(repo): {change.key} {shown(change.old)} -> {shown(change.new)}",
        )
