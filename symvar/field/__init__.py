"""Numeric engine of the field theory: arrays in, arrays out; it knows no theory and no layer."""
