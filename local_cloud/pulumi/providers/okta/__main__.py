"""`python -m local_cloud.pulumi.providers.okta`: what the engine starts as the plugin `okta`."""

from local_cloud.pulumi.providers.base import main
from local_cloud.pulumi.providers.okta import PLUGIN

main(PLUGIN)
