"""Who calls, and may they: the checks of docs/architecture.md, "Authorization, in order"."""
