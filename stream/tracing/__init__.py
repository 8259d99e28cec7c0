"""Traces: from a browser's request to the suggestion that it causes, exported by OpenTelemetry where somebody wants them."""
