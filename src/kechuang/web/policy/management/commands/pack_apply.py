"""``pack_apply DIR``: put a city pack in force."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from kechuang.citypack import PackError
from kechuang.citypack.checking import check
from kechuang.citypack.loading import load_with_sources
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.apply import apply, apply_kept
from kechuang.web.policy.management.base import CityCommand


class Command(CityCommand):
    """Check the pack, then make it the release in force."""

    help = "检查并应用城市包 (check a pack and put it in force)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir")
        parser.add_argument("--lang", choices=["zh", "en"], default="zh")
        parser.add_argument(
            "--drop-decisions",
            action="store_true",
            help="撤销页面上选定而城市包里没有的读法 (undo readings chosen on pages that the pack does not hold)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lang = options["lang"]
        try:
            pack, sources = load_with_sources(Path(options["dir"]))
        except PackError as error:
            raise CommandError(error.as_text(lang)) from error
        report = check(pack, Path(options["dir"]), sources=sources)
        if not report.ok:
            raise CommandError(report.as_text(lang))
        if options["drop_decisions"]:
            applied, kept = apply(pack, role="operator"), ()
        else:
            try:
                applied, kept = apply_kept(pack, role="operator")
            except UserError as error:
                raise CommandError(error.en if lang == "en" else error.zh) from error
        for decision in kept:
            who = {
                "zh": f"保留 {decision.where} 的读法“{decision.reading}”（{decision.by} {decision.date} 选定）",
                "en": f'Kept: reading "{decision.reading}" of {decision.where}, chosen by {decision.by} on {decision.date}',
            }
            self.stdout.write(who[lang])
        if not applied.changed:
            words = {"zh": f"没有变化，生效的仍是 {applied.digest}", "en": f"No change; in force: {applied.digest}"}
        else:
            words = {
                "zh": f"已生效：{pack.city.name.zh} {pack.city.version}，摘要 {applied.digest}",
                "en": f"In force: {pack.city.name.en} {pack.city.version}, digest {applied.digest}",
            }
        self.stdout.write(words[lang])
