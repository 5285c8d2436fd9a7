"""Floor 1b: what differs between two releases, normalised, each change in one place. Evidence without judgement.

A ``ReleaseDiff`` holds both sides; its parts are worked out when a rule asks for them.
"""
