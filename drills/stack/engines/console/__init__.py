"""The operator's console of a drill, and what of it reaches the drill's stack."""
