"""Version numbers that can be believed, for models on the Hugging Face Hub.

Imports only run downward: ``training`` > ``api | cli`` > ``workflows`` > ``reports | publish`` > ``rules | policy`` > ``diff`` >
``releases | tensors`` > ``core``.
"""

__version__ = "0.1.0"
