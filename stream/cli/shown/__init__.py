"""How commands show what they found: tables, pictures, and JSON for programs."""
