"""Chapter 11: what its exercises expect, and what is said to each known mistake."""

EXERCISES = {}
