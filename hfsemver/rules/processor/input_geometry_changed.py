"""Pictures, videos or sounds reach the network in another size, at another rate, or not at all.

Why: clients that prepare the input themselves, and exported graphs, have fixed shapes.
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
VIT: dict[str, object] = {"image_processor_type": "ViTImageProcessor", "size": {"height": 224, "width": 224}}
SIZE = Example(baseline={FILE: VIT}, current={FILE: {**VIT, "size": {"height": 384, "width": 384}}}, findings=1)
RATE = Example(
    baseline={FILE: {"feature_extractor_type": "WhisperFeatureExtractor", "sampling_rate": 16000}},
    current={FILE: {"feature_extractor_type": "WhisperFeatureExtractor", "sampling_rate": 8000}},
    findings=1,
)
GONE = Example(baseline={FILE: VIT}, current={}, findings=1)
SPELLED = Example(
    baseline={FILE: {"feature_extractor_type": "ViTFeatureExtractor", "size": 224}},
    current={FILE: {**VIT, "image_processor_type": "ViTImageProcessorFast", "crop_size": None}},
)
LEFT_OUT = Example(baseline={FILE: VIT}, current={FILE: {"image_processor_type": "ViTImageProcessor"}})


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="interface",
    since="0.2.0",
    examples=(SIZE, RATE, GONE, SPELLED, LEFT_OUT),
    mirror="none: the way back is another geometry too",
)
def input_geometry_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each setting."""
    for change in diff.processors.geometry:
        yield Note(
            location=Location(file=change.file, pointer=change.key),
            message=str(change) if change.key else f"{change.file} is gone",
            baseline=shown(change.old),
            current=shown(change.new),
            witness=f"AutoProcessor.from_pretrained(repo): {change.key or change.file} {shown(change.old)} -> {shown(change.new)}",
        )
