"""A lead's life: what it is, what may be asked of it, and the one table of what then happens."""
