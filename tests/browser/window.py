"""One browser window, and what a test may ask of the page in it."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request

PICTURES = Path(__file__).resolve().parents[1] / ".artifacts"
# A busy Chromium refuses a picture now and then, and takes it when asked again.
_CAPTURES = 5
# The texts of a page with the colours that they are shown in, the background being the nearest one that is painted.
_TEXTS = """() => {
    const clear = 'rgba(0, 0, 0, 0)', paint = element => getComputedStyle(element).backgroundColor
    const probe = document.body.appendChild(document.createElement('div'))
    probe.style.background = 'Canvas'
    const canvas = paint(probe)
    probe.remove()
    const texts = [...document.querySelectorAll('h1,p,li,label,button,input:not([type=hidden]),footer')]
    return texts.map(element => {
        let behind = element
        while (behind.parentElement && paint(behind) === clear) behind = behind.parentElement
        const paper = paint(behind) === clear ? canvas : paint(behind)
        return [element.innerText || element.id, getComputedStyle(element).color, paper]
    })
}"""
_FOCUSED = "() => !document.querySelector('[autofocus]') || document.activeElement !== document.body"
_ROOM = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
_FOCUS = """() => {
    const style = getComputedStyle(document.activeElement), focused = document.activeElement;
    return [focused.id || focused.innerText, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]
}"""


class Window:
    """
    A window of a browser that remembers what went wrong in it and where it has been.

    Args:
        context: a session of its own: no other window's cookies.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.errors: list[str] = []
        self.visited: list[str] = []
        self.posted: dict[str, str] = {}
        context.set_default_timeout(5000)
        self.page = context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._note)

    @property
    def origins(self) -> set[str]:
        """Every origin that the window has sent a request to."""
        return {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, self.visited)}

    def answer_at(self, callback: str) -> dict[str, str]:
        """What has arrived at the client's callback: in the query, in the fragment, or in a form."""
        self.page.wait_for_url(re.compile(re.escape(callback)))
        parts = urlsplit(self.page.url)
        return self.posted or dict(parse_qsl(parts.query or parts.fragment))

    def keep(self, name: str) -> None:
        """Keep a picture of the whole page."""
        PICTURES.mkdir(exist_ok=True)
        for left in reversed(range(_CAPTURES)):
            try:
                self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
                return
            except Error as refused:
                if not left or "Unable to capture screenshot" not in str(refused):
                    raise

    def press(self, *keys: str) -> None:
        """Use the keyboard, when the page has set its focus: a named key, or a text to type."""
        self.page.wait_for_function(_FOCUSED)
        for key in keys:
            if key in ("Tab", "Shift+Tab", "Enter", "Space"):
                self.page.keyboard.press(key)
            else:
                self.page.keyboard.type(key)

    def focus(self) -> tuple[str, bool]:
        """What has the focus, when the page has set its own, and whether one can see that."""
        self.page.wait_for_function(_FOCUSED)
        name, visible = self.page.evaluate(_FOCUS)
        return name, visible

    def room(self) -> tuple[int, int]:
        """The width that the page needs, and the width that it has."""
        needed, given = self.page.evaluate(_ROOM)
        return needed, given

    def faint_texts(self, least: float = 4.5) -> list[str]:
        """The texts whose contrast is less than that. Source: WCAG 2.2, success criterion 1.4.3."""
        return [text for text, ink, paper in self.page.evaluate(_TEXTS) if contrast(ink, paper) < least]

    def _listen(self, message: ConsoleMessage) -> None:
        # Chromium writes the status of every refused request here, and some of our pages are refusals.
        if message.type in ("error", "warning") and "server responded with a status of" not in message.text:
            self.errors.append(message.text)

    def _note(self, request: Request) -> None:
        self.visited.append(request.url)
        self.posted = dict(parse_qsl(request.post_data or ""))


def contrast(ink: str, paper: str) -> float:
    """The contrast of two CSS colours. Source: WCAG 2.2, contrast ratio."""
    light, dark = sorted((_luminance(ink), _luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def text_of(page: Page) -> str:
    """All that the page says."""
    return page.locator("main").inner_text()
