"""A company's quarter, played through the real storage and jobs, and held against a calculation of its own."""
