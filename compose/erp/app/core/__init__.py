"""What every route rests on: configuration, passwords and tokens, logging."""
