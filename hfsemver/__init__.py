"""Version numbers that can be believed, for models on the Hugging Face Hub.

Six floors, imports only downward: ``cli`` > ``workflows`` > ``reports`` > ``rules | policy`` > ``diff`` >
``releases | tensors`` > ``core``.
"""

__version__ = "0.1.0"
