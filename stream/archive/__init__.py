"""The archive: records of topics as files, and files in any of the known forms as records, in one order that never changes."""
