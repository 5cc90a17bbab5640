"""The system under drill: what is asked of it, run by whichever engine, and how one talks to it."""
