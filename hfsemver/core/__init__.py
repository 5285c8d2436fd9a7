"""Floor 0: frozen values and errors, standard library only. Knows no file, no rule and no terminal."""
