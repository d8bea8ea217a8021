"""All behaviour of a tick: scrape, publish, deliver. The only place where the core meets the edges, by ports alone."""
