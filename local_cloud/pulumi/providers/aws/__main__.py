"""`python -m local_cloud.pulumi.providers.aws`: what the engine starts as the plugin `aws`."""

from local_cloud.pulumi.providers.aws import PLUGIN
from local_cloud.pulumi.providers.base import main

main(PLUGIN)
