"""What EDIFACT and X12 have in common: segments, elements, numbers and dates."""
