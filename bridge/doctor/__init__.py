"""What `doctor` looks at: the machine, the state, receivers, and one portal at a time. Nothing here changes anything."""
