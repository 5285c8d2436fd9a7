"""Floor 3: everything that writes. What is to be written is decided before, as a value; here it is carried out."""
