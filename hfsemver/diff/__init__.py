"""Floor 1b: what differs between two releases, normalised, each change in one place.

Evidence says which way something changed and which cause explains it, in the words of ``RuleId``; what a change requires, the
rules say.

A ``ReleaseDiff`` holds both sides; its parts are worked out when a rule asks for them.
"""
