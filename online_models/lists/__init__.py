"""The lists that can be shown, one module each: from what is known at the moment to picks with their reasons."""
