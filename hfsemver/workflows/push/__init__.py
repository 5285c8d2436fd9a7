"""Judge what a push is about to publish: which refs, against what, and what to type when it is refused."""
