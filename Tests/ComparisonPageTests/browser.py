#!/usr/bin/python3
"""Opens a comparison's page in headless Chromium: takes its blind test by keyboard alone, then by touch on a phone's screen,
checks what it tells at the end, and takes screenshots to be looked at.

    apt install chromium chromium-driver python3-selenium
    pianojys compare --nfe 4,8 --seeds 1-2 --bars 2 --measured 2 --output comparison/
    Tests/ComparisonPageTests/browser.py comparison/index.html screenshots/

The files are Debian's; nothing is fetched.
"""

import base64
import math
import pathlib
import sys
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

DESKTOP = dict(width=1280, height=900, deviceScaleFactor=1, mobile=False)
PHONE = dict(width=390, height=844, deviceScaleFactor=2, mobile=True)


class Page:
    """The page in a browser of its own."""

    def __init__(self, path, screenshots):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        # Containers have neither user namespaces nor much shared memory.
        for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]:
            options.add_argument(argument)
        self.profile = tempfile.TemporaryDirectory()
        options.add_argument(f"--user-data-dir={self.profile.name}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.address = path.resolve().as_uri()
        self.screenshots = screenshots

    def close(self):
        self.driver.quit()
        self.profile.cleanup()

    def open(self, screen, scheme="light", motion="no-preference"):
        self.command("Emulation.setDeviceMetricsOverride", **screen)
        self.command("Emulation.setTouchEmulationEnabled", enabled=screen["mobile"])
        features = [dict(name="prefers-color-scheme", value=scheme), dict(name="prefers-reduced-motion", value=motion)]
        self.command("Emulation.setEmulatedMedia", features=features)
        self.driver.get(self.address)
        width = self.script("return [document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1], f"the page is {width[0]} wide on a screen of {width[1]}"

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def find(self, name):
        return self.driver.find_element(By.ID, name)

    def wait(self, what, condition):
        for _ in range(200):
            if condition():
                return
            time.sleep(0.05)
        raise AssertionError(f"waited in vain for {what}; the page says: {self.find('test-status').text}")

    def status(self):
        return self.find("test-status").text

    def shoot(self, name, whole=True):
        if self.screenshots:
            data = self.command("Page.captureScreenshot", captureBeyondViewport=whole,
                                **({"clip": self.clip()} if whole else {}))["data"]
            (self.screenshots / f"{name}.png").write_bytes(base64.b64decode(data))

    def clip(self):
        width, height = self.script("const e = document.documentElement; return [e.clientWidth, e.scrollHeight]")
        return dict(x=0, y=0, width=width, height=height, scale=1)


def sign_test(first, second):
    """The two-sided p of a split, counted out."""
    count = first + second
    tail = sum(math.comb(count, k) for k in range(min(first, second) + 1))
    return min(1.0, 2 * tail / 2**count)


def labels_of_sides(page):
    """What A and B are, told by the players below the test that hold the same sounds."""
    labels = page.script("""
        const players = [...document.querySelectorAll("main audio")];
        return ["A", "B"].map(side => players.find(player => player.src === test.sounds[side].src).getAttribute("aria-label"));
    """)
    return [label.rsplit(", ", 1) for label in labels]


def hear(page, side, how):
    how(side)
    page.wait(f"{side} to play", lambda: page.script("return test.sounds[arguments[0]].currentTime > 0.05", side))
    other = "B" if side == "A" else "A"
    assert page.script("return test.sounds[arguments[0]].paused", other), "both sides play at once"


def take(page, plan, play, choose):
    """Takes the test, choosing by a plan, and gives what was chosen: (pair, A, B, preferred)."""
    count = page.script("return trials.length")
    assert page.find("test-progress").text == f"Pair 1 of {count}"
    answers = []
    for number in range(count):
        page.wait("the next pair", lambda: page.find("test-progress").text == f"Pair {number + 1} of {count}")
        (name, first), (other, second) = labels_of_sides(page)
        assert name == other and {first, second} == {"uniform", "jys"}
        shown = page.find("test-run").text.lower()
        assert "uniform" not in shown and "jys" not in shown and "seed" not in shown, "the test is not blind"
        hear(page, "A", play)
        hear(page, "B", play)
        page.wait("the choices", lambda: page.script("return choices.every(c => c.getAttribute('aria-disabled') === 'false')"))
        if number == 0:
            page.shoot(f"test-{'phone' if page.script('return innerWidth') < 500 else 'desktop'}", whole=False)
        choice = plan[number % len(plan)]
        choose(choice)
        answers.append((name, first, second, {"A": first, "B": second, "": None}[choice]))
    page.wait("the result", lambda: page.find("test-result").is_displayed())
    return answers


def check_result(page, answers):
    assert page.script("return document.activeElement.id") == "result-title"
    assert page.script("return Object.values(test.sounds).every(sound => sound.paused)"), "sound goes on after the test"
    rows = page.script("""
        return ["result-pairs", "result-tally"].map(id => [...document.getElementById(id).rows].map(
            row => [...row.cells].map(cell => cell.textContent)));
    """)
    told = [(name, a, b, None if mine == "neither" else mine.split(", ")[1]) for name, a, b, mine in rows[0][1:]]
    assert told == answers, f"told {told}, chosen {answers}"
    groups = {"All": answers}
    for name, *rest in answers:
        groups.setdefault(name.split(", ")[1], []).append((name, *rest))
    assert rows[1][0] == ["Pairs", "uniform", "jys", "no preference"]
    for name, *counts in rows[1][1:]:
        chosen = [answer[3] for answer in groups[name]]
        assert [int(count) for count in counts] == [chosen.count(kind) for kind in ["uniform", "jys", None]], name
    first, second = (sum(answer[3] == name for answer in answers) for name in ["uniform", "jys"])
    verdict = page.find("result-verdict").text.replace("\u00a0", " ")
    if first + second:
        assert f"uniform {first}, jys {second}, no preference {len(answers) - first - second}" in verdict, verdict
        assert f"p = {sign_test(first, second):.3f}" in verdict, verdict


def by_keyboard(page):
    page.open(DESKTOP)
    page.shoot("desktop")
    for _ in range(20):
        page.press(Keys.TAB)
        if page.script("return document.activeElement.id") == "start":
            break
    else:
        raise AssertionError("the start of the test is not reached by the Tab key")
    page.press(Keys.ENTER)
    assert page.script("return document.activeElement.id") == "test-run"
    page.press(Keys.ARROW_LEFT)
    assert page.status() == "Play A and B first." and page.find("test-progress").text.startswith("Pair 1 ")
    page.press("a")
    page.wait("A", lambda: page.status() == "Playing A.")
    page.press("a")
    page.wait("the stop", lambda: page.script("return test.sounds.A.paused"))
    page.press(Keys.ARROW_DOWN)
    assert page.status() == "Play B first.", page.status()
    page.press("b")
    page.wait("B", lambda: page.status() == "Playing B.")
    page.press(Keys.ESCAPE)
    page.wait("the stop", lambda: page.script("return test.sounds.B.paused"))

    keys = {"A": Keys.ARROW_LEFT, "B": Keys.ARROW_RIGHT, "": Keys.ARROW_DOWN}
    answers = take(page, ["A", "B", "", "B", "A"], lambda side: page.press(side.lower()), lambda side: page.press(keys[side]))
    check_result(page, answers)
    page.shoot("result-desktop", whole=False)

    # Nothing preferred, and a test taken again begins anew.
    for _ in range(10):
        page.press(Keys.TAB)
        if page.script("return document.activeElement.id") == "again":
            break
    page.press(Keys.ENTER)
    answers = take(page, [""], lambda side: page.press(side.lower()), lambda side: page.press(keys[side]))
    check_result(page, answers)
    assert page.find("result-verdict").text == "You preferred neither in any pair."


def by_touch(page):
    page.open(PHONE, motion="reduce")
    page.shoot("phone")
    assert page.script("return getComputedStyle(document.getElementById('start')).transitionDuration") == "0s"

    def touch(selector):
        page.driver.find_element(By.CSS_SELECTOR, selector).click()

    touch("#start")
    answers = take(page, ["B"], lambda side: touch(f"[data-play='{side}']"), lambda side: touch(f"[data-choice='{side}']"))
    check_result(page, answers)
    page.shoot("result-phone", whole=False)


def by_night(page):
    for name, screen in [("dark", DESKTOP), ("dark-phone", PHONE)]:
        page.open(screen, scheme="dark")
        colors = page.script("const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]")
        light = [sum(int(part) for part in color[4:-1].split(",")) / 3 for color in colors]
        assert light[0] < 50 and light[1] > 200, colors
        page.shoot(name)


def chance(page):
    """Sides and orders come up as they should: 2,000 coins lie within 5 standard deviations of half."""
    page.open(DESKTOP)
    orders = page.script("""
        return Array.from({ length: 2000 / trials.length }, () => {
            start();
            return test.order.map(trial => [trial.name, trial.sides[0].schedule]);
        });
    """)
    coins = [side for order in orders for _, side in order]
    assert abs(coins.count("jys") / len(coins) - 0.5) < 5 * 0.5 / math.sqrt(len(coins)), coins.count("jys")
    firsts = [order[0][0] for order in orders]
    for name in set(name for name, _ in orders[0]):
        share = 1 / len(orders[0])
        spread = math.sqrt(share * (1 - share) / len(orders))
        assert abs(firsts.count(name) / len(orders) - share) < 5 * spread, name
    for first in range(12):
        for second in range(12):
            found = page.script("return signTest(arguments[0], arguments[1])", first, second)
            assert abs(found - sign_test(first, second)) < 1e-12, (first, second, found)


def names(page):
    """What can be reached has a name that a screen reader can tell; and there is no fault in the console."""
    page.open(DESKTOP)
    page.script("document.querySelectorAll('details').forEach(details => details.open = true)")
    reachable = page.driver.find_elements(By.CSS_SELECTOR, "a, button, audio, summary, [role=group], figure[aria-label]")
    for element in reachable:
        if element.is_displayed():
            assert element.accessible_name, element.get_attribute("outerHTML")[:200]
    faults = [entry for entry in page.driver.get_log("browser") if entry["level"] == "SEVERE"]
    assert not faults, faults
    fetched = page.script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert not [name for name in fetched if not name.startswith("data:")], fetched


def main():
    screenshots = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if screenshots:
        screenshots.mkdir(parents=True, exist_ok=True)
    page = Page(pathlib.Path(sys.argv[1]), screenshots)
    try:
        for check in [by_keyboard, by_touch, by_night, chance, names]:
            check(page)
            print(f"{check.__name__.replace('_', ' ')}: ok")
    finally:
        page.close()


if __name__ == "__main__":
    main()
