"""Floor 2: what a publisher wants to hold. Pure: reads text, judges findings, opens nothing.

Of the rules it knows by name only those of ``RuleId`` whose bump a promise or a kind raises, or that speak of the version.

``read_policy`` -> ``Policy``; ``apply`` puts it over findings; ``decide`` makes the ``Verdict``.
"""
