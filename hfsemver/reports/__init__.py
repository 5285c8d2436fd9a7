"""Floor 3: a report, a rule or the catalogue as text. Pure functions; nothing here judges, prints or exits.

``render(report, Format.HUMAN)`` gives the bytes that a run writes: the same report, the same bytes.
"""
