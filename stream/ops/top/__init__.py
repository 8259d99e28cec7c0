"""What `tsuide top` looks at: lag, and the pages of metrics between two looks."""
