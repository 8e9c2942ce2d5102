"""Fifty people at once on the site of a large city: how long pages take.

    python benchmarks/load.py [--home DIR] [--users 50] [--seconds 60] [--think 1.0] [--json]

Fills a home (once; an earlier one is used again) with 100,000 organisations, 500,000 yearly rows, 400,000 nightly results and
1,000,000 audit events, all generated (演示数据), and starts the real site on a port of its own: gunicorn with
``KECHUANG_WORKERS`` processes (4), SQLite in the home, or the empty database that ``DATABASE_URL`` names. Then visitors, officers and an
auditor open lists, filters, searches, pages far down and records, each thinking about a second between two pages. A time
is from sending the request until the whole page is there. CPU and memory of the site are read from /proc (Linux).
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
WARM_UP = 5.0  # seconds before times count
Page = tuple[str, Callable[[random.Random], str]]


def pages(have: dict[str, Any]) -> dict[str, list[Page]]:
    """What each kind of person opens: a name and how to make an address of it."""
    base, kinds = "/enterprises/", "/enterprises/records/"

    def firm(chance: random.Random) -> tuple[int, str, str]:
        return tuple(chance.choice(have["firms"]))  # type: ignore[return-value]

    lists: list[Page] = [
        ("list", lambda c: base),
        ("list, far down", lambda c: f"{base}?after={c.choice(have['late'])}"),
        ("list of a county", lambda c: f"{base}?county={c.choice(have['counties'])}"),
        ("list of a kind", lambda c: f"{base}?kind={c.choice(['enterprise', 'cooperative'])}"),
        ("list, valid recognition", lambda c: f"{base}?qualification=high_tech"),
        ("search, many hits", lambda c: f"{base}?text={quote(c.choice('东南西北中') + c.choice('鑫华盛泰裕'))}"),
        ("search, one hit", lambda c: f"{base}?text={quote(firm(c)[2])}"),
        ("search, part of a name", lambda c: f"{base}?text={quote(firm(c)[2][4:9])}"),
        ("search, code", lambda c: f"{base}?text={firm(c)[1]}"),
        ("search, no hit", lambda c: f"{base}?text={quote('没有这一家')}{c.randrange(1000)}"),
        ("organisation", lambda c: f"{base}{firm(c)[1]}/"),
        ("record of an organisation", lambda c: f"{kinds}organisation/{firm(c)[0]}/"),
    ]
    years = f"{kinds}yearly_figures/"
    measure = "/measures/{}/results/".format
    return {
        "visitor": lists,
        "officer": [
            *lists,
            ("yearly rows", lambda c: years),
            ("yearly rows, far down", lambda c: f"{years}?after={c.choice(have['late_years'])}"),
            ("yearly rows of a year", lambda c: f"{years}?year={c.randrange(2021, 2026)}"),
            ("yearly rows of a firm", lambda c: f"{years}?of={firm(c)[1]}"),
            ("results", lambda c: measure(c.choice(have["measures"]))),
            ("results, far down", lambda c: f"{measure(have['measures'][0])}?after={c.choice(have['late_results'])}"),
            ("results, filtered", lambda c: measure(c.choice(have["measures"])) + "?" + urlencode(
                {"group": c.choice(["get", "nearly", "ask"]), "county": c.choice(have["counties"])})),
        ],
        "auditor": [
            ("events", lambda c: "/audit/events/"),
            ("events, far down", lambda c: f"/audit/events/?after={c.choice(have['late_events'])}"),
            ("events of an action", lambda c: f"/audit/events/?action={c.choice(['account.lock', 'record.change'])}"),
            ("events, refused", lambda c: "/audit/events/?result=refused"),
            ("events of days", lambda c: "/audit/events/?since=2025-03-01&until=2025-03-07"),
            ("events, words", lambda c: f"/audit/events/?q={quote('演示经办人')}{c.randrange(400)}"),
            ("events, words not there", lambda c: f"/audit/events/?q={quote('没有')}{c.randrange(1000)}"),
        ],
    }  # fmt: skip


class Person(threading.Thread):
    """One person with one browser: opens a page, reads it, thinks, opens the next."""

    def __init__(self, port: int, role: str, choice: list[Page], number: int, think: float) -> None:
        super().__init__(daemon=True)
        self.port, self.role, self.choice, self.think = port, role, choice, think
        self.chance = random.Random(number)
        self.cookies: dict[str, str] = {}
        self.connection: http.client.HTTPConnection | None = None
        self.times: list[tuple[float, str, float, int]] = []
        self.ends = 0.0

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        """One request over the kept connection, once more over a fresh one when the server has closed it."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://127.0.0.1:{self.port}/",
            }
        for attempt in (1, 2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                content = answer.read()
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                self.connection = None
                if attempt == 2:
                    raise
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, content

    def log_in(self) -> None:
        """As the demo persona, by the button of the log-in page."""
        if self.role == "visitor":
            return
        _status, content = self.ask("GET", "/accounts/login/")
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', content)
        assert token, "no log-in form"
        body = urlencode({"csrfmiddlewaretoken": token[1].decode()})
        status, _content = self.ask("POST", f"/accounts/demo/{self.role}/", body)
        assert status == 302, f"log-in as {self.role}: {status}"

    def run(self) -> None:
        """Until the time is over."""
        time.sleep(self.chance.random() * self.think)
        while time.monotonic() < self.ends:
            name, address = self.chance.choice(self.choice)
            path, began = address(self.chance), time.monotonic()
            try:
                status, content = self.ask("GET", path)
                if status == 200 and b"</html>" not in content[-200:]:
                    status = 0
            except OSError:
                status, self.connection = 0, None
            self.times.append((began, name, time.monotonic() - began, status))
            time.sleep(self.think * self.chance.uniform(0.5, 1.5))


class Site:
    """The real site as a child process."""

    def __init__(self, home: Path, port: int, environment: dict[str, str]) -> None:
        self.log = (home / "site.log").open("w")
        command = [sys.executable, "-m", "kechuang.cli", "up", "--web"]
        environment = environment | {"KECHUANG_PORT": str(port)}
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log, cwd=ROOT)
        for _ in range(600):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            assert self.process.poll() is None, f"the site has ended, see {self.log.name}"
            time.sleep(0.2)
        raise AssertionError("the site does not answer")

    def processes(self) -> list[int]:
        """The first process and the workers."""
        found = [self.process.pid]
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                if int(path.read_text().rpartition(")")[2].split()[1]) == self.process.pid:
                    found.append(int(path.parent.name))
            except OSError:
                continue
        return found

    def cpu(self) -> float:
        """CPU seconds used so far."""
        total = 0
        for number in self.processes():
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Memory in MiB, what processes share counted once (PSS)."""
        total = 0
        for number in self.processes():
            text = Path(f"/proc/{number}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1])  # type: ignore[index]
        return total // 1024

    def end(self) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


def percentile(times: list[float], share: float) -> float:
    """In milliseconds; the value that at least this share of the times do not exceed."""
    ordered = sorted(times)
    return 1000 * ordered[max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1)]


def measure(options: argparse.Namespace, site: Site, have: dict[str, Any]) -> dict[str, Any]:
    """Let the people loose and gather their times."""
    choice = pages(have)
    auditors = max(1, options.users // 10)
    officers = (options.users - auditors) // 2
    roles = ["auditor"] * auditors + ["officer"] * officers
    roles += ["visitor"] * (options.users - len(roles))
    people = [Person(options.port, role, choice[role], number, options.think) for number, role in enumerate(roles)]
    for person in people:
        person.log_in()
    starts = time.monotonic() + WARM_UP
    for person in people:
        person.ends = starts + options.seconds
        person.start()
    time.sleep(WARM_UP)
    load, cpu, began = os.getloadavg(), site.cpu(), time.monotonic()
    for person in people:
        person.join()
    cpu, seconds = site.cpu() - cpu, time.monotonic() - began
    seen = [one for person in people for one in person.times if one[0] >= starts]
    by_page: dict[str, list[float]] = defaultdict(list)
    for _at, name, took, _status in seen:
        by_page[name].append(took)
    errors = [(name, status) for _at, name, _took, status in seen if status != 200]

    def line(times: list[float]) -> dict[str, Any]:
        return {"requests": len(times), **{f"p{n}": round(percentile(times, n / 100), 1) for n in (50, 95, 99)}}

    order = [name for role in choice.values() for name, _address in role]
    return {
        "pages": {name: line(by_page[name]) for name in dict.fromkeys(order) if by_page[name]},
        "all": line([took for _at, _name, took, _status in seen]),
        "errors": errors, "users": options.users, "requests_per_second": round(len(seen) / seconds, 1),
        "cpu_ms_per_request": round(1000 * cpu / len(seen), 1), "memory_mib": site.memory(),
        "load_before": round(load[0], 1), "load_after": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def show(found: dict[str, Any]) -> None:
    """As a table that fits into a document."""
    print("| page | requests | p50 | p95 | p99 |\n| - | - | - | - | - |")
    for name, line in [*found["pages"].items(), ("**all**", found["all"])]:
        print(f"| {name} | {line['requests']} | {line['p50']} | {line['p95']} | {line['p99']} |")
    print(
        f"\n{found['database']}, {found['users']} people, {found['requests_per_second']} requests/s, "
        f"{found['cpu_ms_per_request']} ms CPU a request, {found['memory_mib']} MiB, errors: {found['errors'] or 'none'}, "
        f"load {found['load_before']} to {found['load_after']} on {found['cores']} cores, Python {found['python']}"
    )


def main() -> None:
    """Fill, start, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", default="")
    parser.add_argument("--port", type=int, default=8109)
    parser.add_argument("--organisations", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=1.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    home = Path(options.home or tempfile.mkdtemp(prefix="kechuang-load-"))
    os.environ |= {"KECHUANG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "kechuang.web.settings", "KECHUANG_DEMO": "1",
                   "PYTHONPATH": str(ROOT / "src")}  # fmt: skip
    from benchmarks.load_fill import ready

    ready(home, options.organisations, options.events)
    have = json.loads((home / "load.json").read_text())
    site = Site(home, options.port, dict(os.environ))
    try:
        found = measure(options, site, have)
    finally:
        site.end()
    database = os.environ.get("DATABASE_URL", "sqlite").partition(":")[0]
    found |= {"database": database, "python": platform.python_version(), "cores": os.cpu_count()}
    print(json.dumps(found, ensure_ascii=False, indent=1)) if options.json else show(found)


if __name__ == "__main__":
    main()
