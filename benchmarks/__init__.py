"""What is measured, each with its own limit beside it: `make bench`."""
