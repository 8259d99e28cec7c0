"""The stream: contracts at its edges, the engine in its middle, Kafka, Faust and the terminal around it."""
