"""The engines that run a stack: Docker by its API, and compose by its command."""
