"""Run the city: prepare it, serve pages, work through jobs. Used by ``kechuang up``."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

ADDRESS = "127.0.0.1"
#: Pages are computed in processes; the second thread of each is the way past a long download. More threads make everybody
#: wait: each gives the interpreter away at every row of a query and stands in line to have it back (docs/benchmarks.md).
THREADS = 2
#: So long one thread may keep the interpreter from the other; Python's own 0.005 is felt at every query.
SWITCH_SECONDS = 0.0005


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _static_digest() -> str:
    """Digest over names, sizes and times of all static sources: unchanged files are not collected again."""
    sha = hashlib.sha256()
    for path in sorted((settings.ROOT / "src" / "kechuang" / "web").glob("*/static/**/*")):
        if path.is_file():
            stat = path.stat()
            sha.update(f"{path.relative_to(settings.ROOT)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return sha.hexdigest()


def _collect_static() -> None:
    stamp = Path(settings.HOME) / "static.stamp"
    wanted = _static_digest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted)


def prepare() -> None:
    """Bring database, static files, city pack and (in demo mode) the demo city up to date. Safe to repeat."""
    from kechuang import citypack
    from kechuang.web.core import statistics
    from kechuang.web.core.errors import UserError
    from kechuang.web.policy.domain.apply import apply_kept

    call_command("migrate", interactive=False, verbosity=0)
    _collect_static()
    pack = citypack.load(settings.PACK_DIR)
    try:
        applied, kept = apply_kept(pack)
    except UserError as error:  # the release in force stays; people decide, the city runs meanwhile
        _say(f"{error.zh} / {error.en}")
        applied, kept = None, ()
    for decision in kept if applied and applied.changed else ():
        _say(
            f"保留 {decision.where} 的读法“{decision.reading}”（{decision.by} {decision.date}） / kept: reading"
            f' "{decision.reading}" of {decision.where}'
        )
    if applied and applied.changed:
        _say(f"城市包已生效：{pack.city.name.zh} / City pack applied: {pack.city.name.en}")
    if settings.DEMO:
        _prepare_demo(pack)
    statistics.refresh()


def _prepare_demo(pack: Any) -> None:
    from kechuang.web.accounts.domain.personas import ensure_personas
    from kechuang.web.core.enums import Realm
    from kechuang.web.entitlements.domain.nightly import run
    from kechuang.web.registry.domain import demo
    from kechuang.web.registry.models import Organisation

    if Organisation.objects.filter(realm=Realm.DEMO).exists():
        return
    _say("正在生成演示城市（约 2,000 家企业）… / Generating the demo city (about 2,000 enterprises) …")
    city = demo.generate(pack, today=timezone.localdate())
    ensure_personas(city.firm, city.second_firm, city.university)
    run()


def announce() -> None:
    """Say where the city is and, in demo mode, how to log in; both languages."""
    port = os.environ.get("KECHUANG_PORT", "8000")
    lines = ["", f"  科创已启动 / Kechuang is running:  http://{ADDRESS}:{port}/"]
    if settings.DEMO:
        from kechuang.web.accounts.domain.personas import PASSWORD, personas

        lines += ["  演示登录（登录页可一键进入） / Demo log-ins (one click on the log-in page):"]
        lines += [f"    {p.username:<12} {PASSWORD}   {p.title.zh} / {p.title.en}" for p in personas()]
    lines += ["  按 Ctrl-C 结束 / Ctrl-C ends it", ""]
    _say("\n".join(lines))


def web() -> None:
    """Serve pages with gunicorn until told to stop."""
    from gunicorn.app.base import BaseApplication

    class Site(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options = {
                "bind": f"{os.environ.get('KECHUANG_BIND', ADDRESS)}:{os.environ.get('KECHUANG_PORT', '8000')}",
                "workers": int(os.environ.get("KECHUANG_WORKERS", "4")),
                "worker_class": "gthread",
                "threads": THREADS,
                "timeout": 60,
                "graceful_timeout": 5,
                "preload_app": True,
                "loglevel": "warning",
                "when_ready": lambda _server: announce(),
                "pre_fork": lambda _server, _worker: connections.close_all(),  # none may be shared with a child
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from kechuang.web.wsgi import application

            sys.setswitchinterval(SWITCH_SECONDS)
            return application

    Site().run()


def worker() -> None:
    """Work through jobs and the daily schedule until told to stop."""
    call_command("work")
