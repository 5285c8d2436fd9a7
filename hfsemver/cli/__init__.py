"""Floor 5: argv in, one workflow, exit code out. The only floor that prints or exits.

A command is a module of ``commands`` that defines a click command of its own name; there is no list to edit.
"""
