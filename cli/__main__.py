"""`python -m cli` is `mcp-okta`."""

from cli.main import main

if __name__ == "__main__":
    main()
