"""Ratios against what a user would do otherwise: ``python -m benchmarks FOLDER``."""
