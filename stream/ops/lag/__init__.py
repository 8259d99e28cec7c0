"""Where every group stands in every partition, how far behind, since when, and until when."""
