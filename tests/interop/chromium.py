# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A headless Chromium that is driven over its debugging pipe: no module, no network port.
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PROGRAMS = ["/usr/lib/chromium/chromium", "/usr/bin/chromium"]
SWITCHES = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--metrics-recording-only", "--disable-dev-shm-usage",
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows", "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-pipe",
]
START_S = 60


class BrowserError(Exception):
    pass


def pipe_end(its):
    """A pipe: the browser's end with a high number, which 3 and 4 cannot meet, and ours."""
    ends = os.pipe()
    high = fcntl.fcntl(ends[its], fcntl.F_DUPFD, 20)
    os.close(ends[its])
    return high, ends[1 - its]


class Browser:
    """with Browser() as browser: browser.open(url); browser.run("document.title")"""

    def __init__(self, *switches, language="en", prefix=()):
        self.directory = tempfile.mkdtemp(prefix="mediapath-chromium-")
        self.number = 0
        self.session = None
        self.rest = b""
        self.events = []
        program = next((name for name in PROGRAMS if os.path.exists(name)), None)
        if program is None:
            raise BrowserError("Chromium is not installed (tools/packages: chromium)")
        command = [*prefix, program, *SWITCHES, f"--user-data-dir={self.directory}",
                   f"--lang={language}", f"--accept-lang={language}", *switches, "about:blank"]
        # Chromium reads its orders from descriptor 3 and answers on 4.
        orders, self.orders = pipe_end(0)
        answers, self.answers = pipe_end(1)
        script = f'exec 3<&{orders} 4>&{answers} {orders}<&- {answers}>&-; exec "$@"'
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            ["/bin/bash", "-c", script, "chromium", *command], pass_fds=(orders, answers),
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env={**os.environ, "LANGUAGE": language, "HOME": self.directory},
            start_new_session=True)
        os.close(orders)
        os.close(answers)
        self.deadline = time.monotonic() + START_S
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target,
                                flatten=True)["sessionId"]
        self.ask("Page.enable")
        self.ask("Runtime.enable")
        self.ask("Log.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, method, timeout=60, **parameters):
        self.number += 1
        order = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            order["sessionId"] = self.session
        os.write(self.orders, json.dumps(order).encode() + b"\0")
        deadline = time.monotonic() + timeout
        while True:
            answer = self.read(deadline, method)
            if answer.get("id") != self.number:
                self.events.append(answer)
                continue
            if "error" in answer:
                raise BrowserError(f"{method}: {answer['error']['message']}")
            return answer["result"]

    def read(self, deadline, what):
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.answers], [], [], max(0, deadline - time.monotonic()))
            piece = os.read(self.answers, 1 << 16) if ready else b""
            if not piece:
                raise BrowserError(f"{what}: no answer from Chromium\n{self.tail()}")
            self.rest += piece
        line, self.rest = self.rest.split(b"\0", 1)
        return json.loads(line)

    def tail(self):
        self.log.seek(0)
        return self.log.read()[-2000:].decode(errors="replace")

    def open(self, url):
        answer = self.ask("Page.navigate", url=url)
        if "errorText" in answer:
            raise BrowserError(f"{url}: {answer['errorText']}")
        self.wait_for("document.readyState === 'complete'", 30)

    def run(self, expression, timeout=60):
        """The value of an expression, as if a person had caused it."""
        answer = self.ask("Runtime.evaluate", timeout=timeout, expression=expression,
                          awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in answer:
            raise BrowserError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def wait_for(self, expression, timeout):
        deadline = time.monotonic() + timeout
        while not (value := self.run(expression)):
            if time.monotonic() > deadline:
                raise BrowserError(f"not in {timeout} s: {expression}")
            time.sleep(0.2)
        return value

    def complaints(self):
        """What the page or the browser's rules complained of."""
        texts = []
        for event in self.events:
            if event.get("method") == "Log.entryAdded":
                texts.append(event["params"]["entry"]["text"])
            elif event.get("method") == "Runtime.exceptionThrown":
                texts.append(json.dumps(event["params"]["exceptionDetails"])[:500])
        return texts

    def picture(self, width=1100, height=None):
        """PNG of the whole page, base64."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height or 900,
                 deviceScaleFactor=1, mobile=False)
        return self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]

    def close(self):
        try:
            self.session = None
            self.ask("Browser.close", timeout=10)
            self.process.wait(10)
        except (BrowserError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.orders)
        os.close(self.answers)
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)
