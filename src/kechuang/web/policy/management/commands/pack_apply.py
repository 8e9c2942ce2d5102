"""``pack_apply DIR``: put a city pack in force."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from kechuang.citypack import PackError
from kechuang.citypack.checking import check
from kechuang.citypack.loading import load_with_sources
from kechuang.web.policy.domain.apply import apply
from kechuang.web.policy.management.base import CityCommand


class Command(CityCommand):
    """Check the pack, then make it the release in force."""

    help = "检查并应用城市包 (check a pack and put it in force)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir")
        parser.add_argument("--lang", choices=["zh", "en"], default="zh")

    def handle(self, *args: Any, **options: Any) -> None:
        lang = options["lang"]
        try:
            pack, sources = load_with_sources(Path(options["dir"]))
        except PackError as error:
            raise CommandError(error.as_text(lang)) from error
        report = check(pack, Path(options["dir"]), sources=sources)
        if not report.ok:
            raise CommandError(report.as_text(lang))
        applied = apply(pack, role="operator")
        if not applied.changed:
            words = {"zh": f"没有变化，生效的仍是 {applied.digest}", "en": f"No change; in force: {applied.digest}"}
        else:
            words = {
                "zh": f"已生效：{pack.city.name.zh} {pack.city.version}，摘要 {applied.digest}",
                "en": f"In force: {pack.city.name.en} {pack.city.version}, digest {applied.digest}",
            }
        self.stdout.write(words[lang])
