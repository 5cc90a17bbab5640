"""What a drill leaves on disk: written once, sealed, read back."""
