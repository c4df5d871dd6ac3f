"""What the Pulumi engine talks to on this machine: a language host and two resource plugins."""
