"""The two databases: pools with hard deadlines, health, and the choice of where to read."""
