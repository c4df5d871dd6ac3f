"""Python runs this first, where PYTHONPATH has this folder: it makes a plugin that the engine starts one that fails."""

import os
import sys

if "MCP_OKTA_FAULTS" in os.environ and any(word.startswith("local_cloud.pulumi.providers.") for word in sys.orig_argv):
    from tests.journeys.faults.plugin import arm

    arm()
