"""The shared memory as flat arrays, a piece at a time, and back: what a checkpoint holds, whatever file it lies in."""
