"""The catalogue on its way: files of shops to the topic, the topic to every worker."""
