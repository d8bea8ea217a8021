"""`feedbridge serve`: the published folder, health, metrics and a live status page over HTTP.

names and negotiation are pure; documents reads the folder; site puts the answers together; server runs them.
"""
