"""Floor 1b: what differs between two releases, normalised, each change in exactly one place. Evidence without judgement.

``compare`` returns a ``ReleaseDiff`` whose parts are worked out when a rule asks for them.
"""
