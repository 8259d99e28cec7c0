"""Every record that crosses a boundary, and the topics they travel on. Imports nothing of ours."""
