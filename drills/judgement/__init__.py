"""From what was seen to verdict and score. Pure: no clock, no thread, no I/O but for reading."""
