"""Whether the stream keeps up: where every group stands, how far behind, since when, and until when."""
