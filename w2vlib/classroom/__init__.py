"""For teachers: sheets, hand-ins and marks. `python -m w2vlib.classroom --help`."""
