"""Measurements of the whole program: what a killed tick loses (crash), and what a tick costs (timings)."""
