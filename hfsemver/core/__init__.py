"""Floor 0: frozen values and errors, standard library only. Knows no file and no terminal, and of the rules a few ids."""
