"""The parts of fetching, a file each: the address guard, guarded connections, one exchange, bodies, pacing, robots.txt."""
