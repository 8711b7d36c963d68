"""Item models of the panels: they hold what a slice of the state says, row by row."""
