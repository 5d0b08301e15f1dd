"""Figures of speed and memory, each a ratio measured in one run against a floor or a peer: `make bench`."""
