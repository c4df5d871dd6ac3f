"""What DynamoDB does before it looks at a table: it reads values and expressions, and does a transaction once."""
