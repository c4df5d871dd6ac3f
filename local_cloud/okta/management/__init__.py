"""The Management API: one module per kind of object, one table of routes."""
