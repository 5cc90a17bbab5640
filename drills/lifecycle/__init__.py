"""One drill's life: planned, run, closed, healed."""
