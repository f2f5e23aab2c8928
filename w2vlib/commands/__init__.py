"""The commands of `python -m w2vlib`, a room for each kind."""
