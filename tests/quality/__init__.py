"""How good the answers are on every log at hand, held against what was promised: `make quality`."""
