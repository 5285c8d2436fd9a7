"""Floor 2: what a publisher wants to hold. Pure: reads text, judges findings, opens nothing and knows no rule by name.

``read_policy`` -> ``Policy``; ``apply`` puts it over findings; ``decide`` makes the ``Verdict``.
"""
