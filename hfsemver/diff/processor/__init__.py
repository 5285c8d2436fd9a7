"""How pictures, sounds and videos become the input of a network."""
