"""Signatures of releases: what ``model.sig`` lists, whether a release is that, and who signed it."""
