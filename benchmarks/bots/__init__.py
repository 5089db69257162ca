"""The bots that benchmarks.updates compares, and what it does with them."""
