"""The page at which a person lets a device in, in a real browser. Source: RFC 8628; Okta, device grant."""

import re
from typing import Any

import httpx2
import pytest

from tests.browser.authorization import READER, Client
from tests.browser.window import Window
from tests.contract.clients.people import DEVICE, admit_devices
from tests.local_cloud.okta.sign_in import PASSWORDS
from tests.requirements import requirement


@pytest.fixture(autouse=True, scope="module")
def devices(client: Client) -> None:
    """The app may be used on devices, by those who may read."""
    client.org.run(admit_devices, client.org)


class Device:
    """A device without a browser."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.asked = self.post("device/authorize", scope="openid mcp:read").json()

    def post(self, endpoint: str, **form: str) -> httpx2.Response:
        """Send a form as the app."""
        url = f"{self.client.org.server['issuer']}/v1/{endpoint}"
        return httpx2.post(url, data={"client_id": self.client.org.client["id"], **form})

    def poll(self) -> dict[str, Any]:
        """Ask for the tokens, later than the interval that must lie between two questions."""
        self.client.org.clock.offset_seconds += self.asked["interval"] + 1
        return self.post("token", grant_type=DEVICE, device_code=self.asked["device_code"]).json()


@requirement("browser:device")
def test_a_person_lets_a_device_in(window: Window, client: Client) -> None:
    """The code is compared, the person signs in, the device gets its tokens (RFC 8628 §3.3, §3.3.1, §3.5)."""
    device = Device(client)
    assert device.poll()["error"] == "authorization_pending"
    window.page.goto(device.asked["verification_uri_complete"])
    window.keep("device-code")
    filled = window.page.get_by_label("Activation code").input_value()
    window.press("Enter")
    window.page.wait_for_selector("#password")
    window.press(READER, "Tab", PASSWORDS[READER], "Enter")
    window.page.get_by_role("heading", name=re.compile("activated")).wait_for()
    window.keep("device-done")

    assert filled.replace("-", "") == device.asked["user_code"].replace("-", "")
    assert window.page.get_by_role("heading").inner_text() == "Device activated"
    assert window.origins == {client.org.url}
    assert device.poll()["token_type"] == "Bearer"


@requirement("browser:device")
def test_the_code_is_taken_as_people_type_it(window: Window, client: Client) -> None:
    """Small letters, with or without the dash (RFC 8628 §6.1)."""
    device = Device(client)
    window.page.goto(device.asked["verification_uri"])
    window.press(device.asked["user_code"].lower().replace("-", " "), "Enter")
    window.page.wait_for_selector("#password")

    assert window.page.get_by_role("heading").inner_text() == "Sign in"


@requirement("browser:device")
def test_a_wrong_code_is_said_and_can_be_mended(window: Window, client: Client) -> None:
    """The problem is announced beside the field, which keeps what was typed (WCAG 3.3.1, 3.3.3)."""
    window.page.goto(f"{client.org.url}/activate")
    window.press("WRNGCODE", "Enter")
    window.page.wait_for_selector("[role=alert]")
    window.keep("device-wrong-code")

    assert window.page.get_by_role("alert").inner_text() == "Invalid code. Try again."
    assert window.page.get_by_label("Activation code").input_value() == "WRNGCODE"
    assert window.focus() == ("user_code", True)
    assert window.faint_texts() == []
