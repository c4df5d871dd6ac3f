"""The Pulumi program: settings, what they declare, what the stack tells the world."""

import pulumi

from infra.program import declare
from infra.settings import Settings

for name, value in declare(Settings.of_stack()).items():
    pulumi.export(name, value)
