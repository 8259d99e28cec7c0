"""How good the suggestions are: prequential protocols over event logs, answered by the very functions that the worker calls."""
