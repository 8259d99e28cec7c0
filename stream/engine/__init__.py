"""The engine: one batch from decoding to publishing, in order. It knows neither Faust nor Kafka."""
