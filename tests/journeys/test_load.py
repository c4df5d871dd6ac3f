"""Many people at once, and thousands of calls, on the whole path: front door, runtime, zip."""

from collections.abc import Callable

from tests.bench.deployment import deployment
from tests.bench.figures import pairs
from tests.bench.load import CALLS, SIGN_INS, call_again, load, round_figures
from tests.requirements import requirement

MEMORY_MIB = 16  # 200 sessions and families of tokens are kept until they expire; a leak of 10 kB a call is more
CALLS_MIB = 4  # calls alone leave nothing: a leak of 2 kB a call is more
DESCRIPTORS = 20  # connections that are being closed; a leak of one a call or sign-in is 200 or more


@requirement("journeys:load")
def test_200_sign_ins_at_once_and_2000_calls_fail_nowhere_and_leave_nothing_behind(
    record_property: Callable[[str, object], None],
) -> None:
    """No error, and after a warm-up no growth of memory or descriptors (issue 4)."""
    with deployment() as deployed:
        warm_up = load(deployed, SIGN_INS // 4, CALLS // 4, lambda _: None)
        loaded = load(deployed, SIGN_INS, CALLS, lambda _: None)
        again = call_again(deployed, CALLS)
    record_property("figures", pairs(round_figures(loaded)))

    assert warm_up.errors == []
    assert loaded.errors == again.errors == []
    assert again.daemon.memory_mib <= loaded.daemon.memory_mib + CALLS_MIB
    assert again.daemon.descriptors <= loaded.daemon.descriptors
    assert again.functions.memory_mib <= loaded.functions.memory_mib + CALLS_MIB
    assert loaded.daemon.memory_mib <= warm_up.daemon.memory_mib + MEMORY_MIB
    assert loaded.daemon.descriptors <= warm_up.daemon.descriptors + DESCRIPTORS
    assert loaded.functions.processes == warm_up.functions.processes
    assert loaded.functions.memory_mib <= warm_up.functions.memory_mib + MEMORY_MIB
    assert loaded.functions.descriptors <= warm_up.functions.descriptors
