"""``hfsemver bump``: from what changed since the last release to the next one."""
