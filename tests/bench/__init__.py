"""What it costs, and what it bears: measured, never judged by a clock in a test."""
