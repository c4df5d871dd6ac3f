"""The shape of the repository."""

REQUIREMENTS = {
    "imports": "docs/adr/0001-packages-meet-in-data.md",
    "environment": "docs/architecture.md: only settings.py reads the environment",
    "requirements": "house style: the manifest is checked both ways",
    "readme": "issue 3: the README's two commands are scripts/demo and scripts/test, held together by a test",
    "coverage": "issue 4, must show: each line of COVERAGE.md names the test that proves it",
}
