"""Who calls, and may they: the checks of design.md, "Authorization, in order"."""
