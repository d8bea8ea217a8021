"""What `add` does: finds the list pages of a portal, judges them, and writes the portal into config.toml."""
