"""The coordinator's desk: inbox, dark spots, walks, plans and what needs somebody today."""
