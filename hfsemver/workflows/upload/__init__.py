"""``hfsemver push``: judge what a folder makes of a model on a Hub, and publish it there as a release."""
