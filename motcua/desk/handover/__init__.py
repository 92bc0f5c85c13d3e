"""Slips by which units hand papers and results to each other."""
