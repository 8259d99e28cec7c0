"""The two Faust agents, their composition, and how a process of theirs begins and ends."""
