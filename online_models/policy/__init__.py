"""When to speak, about what, and when to be silent: the shop's rules from one TOML file, and what holds them."""
