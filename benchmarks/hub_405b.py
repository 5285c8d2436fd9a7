"""How long a check of headers takes on a release of 405 billion parameters that lies on a Hub, each request 20 ms away.

The Hub is the one of the tests, on the loopback interface, and its shards are sparse files: what is asked for is read by range, and
the bytes that come are counted. Bar: two seconds for the whole process, for the newest release against a folder with the same
layout, and for one alone; against an older release on the same Hub, whose shards all differ, twice as many headers come. The peer
reads the headers of one release with the client of the Hub.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path

import _timing as timing
from header_405b import SHARDS, write

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.hub.commits import Put, commit
from tests.hub.hub import OWNER, Hub, running
from tests.hub.lfs import Pointer

ID = "acme/large"
LATENCY = 0.020
PEER = (
    "import sys; from huggingface_hub import HfApi; HfApi().get_safetensors_metadata(sys.argv[1], revision=sys.argv[2])"
)


def publish(hub: Hub, release: Path, version: str) -> None:
    """Commit a release and tag it; shards are moved into the store under a name that no other content has."""
    repository = hub.repository(ID)
    changes = []
    for path in sorted(release.iterdir()):
        if path.suffix != ".safetensors":
            changes.append(Put(path=path.name, blob=path.read_bytes()))
            continue
        pointer = Pointer(
            sha256=hashlib.sha256(f"{version} {path.name}".encode()).hexdigest(), size=path.stat().st_size
        )
        place = repository.objects.path(pointer.sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.rename(place)
        changes.append(Put(path=path.name, blob=bytes(pointer)))
    commit(repository, "refs/heads/main", changes, version, hub.site.store.sign(OWNER))
    hub.tag(ID, f"v{version}")


def counted(hub: Hub, side: timing.Side) -> dict[str, float]:
    """Run a side once and return how much was asked of the Hub."""
    hub.requests.clear()
    timing.run(side)
    sent = sum(request.sent for request in hub.requests)
    return {"requests": len(hub.requests), "mib": round(sent / (1 << 20), 2)}


def main() -> None:
    """Put two releases on a Hub and one into a folder, and time the checks."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder, "hub")) as hub:
        hub.create(ID)
        for version in ("1.0.0", "1.0.1"):
            release = Path(folder, version)
            timing.apart(write, release, version)
            publish(hub, release, version)
        here = Path(folder, "here")
        timing.apart(write, here, "1.0.2")
        hub.latency = LATENCY
        os.environ.update(hub.environment(Path(folder)))
        flags = ("--weights", "header", "--format", "json")
        sides = {
            "folder against the Hub": timing.Side(
                command=timing.hfsemver("check", str(here), "--baseline", f"hf://{ID}@v1.0.1", *flags), codes=(0, 1)
            ),
            "one release": timing.Side(command=timing.hfsemver("check", f"hf://{ID}@v1.0.0", *flags), codes=(0, 1)),
            "two releases": timing.Side(command=timing.hfsemver("check", f"hf://{ID}@v1.0.1", *flags), codes=(0, 1)),
            "client": timing.Side(command=timing.python(PEER, ID, "v1.0.1")),
        }
        medians = timing.interleaved(sides, 5)
        traffic = {name: counted(hub, side) for name, side in sides.items()}
    timing.report(
        "hub_405b",
        {name: (medians[name]["wall_s"], 2.0) for name in ("folder against the Hub", "one release")},
        shards=SHARDS,
        latency_ms=LATENCY * 1000,
        traffic=traffic,
        medians=medians,
        ratios=timing.ratios(medians, "one release"),
    )


if __name__ == "__main__":
    main()
