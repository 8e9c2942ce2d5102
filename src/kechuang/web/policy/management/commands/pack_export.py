"""``pack_export --out DIR [--release DIGEST]``: the release in force, or an older one, as files of a city pack."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kechuang.citypack.cli import export_command
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.queries import current_release
from kechuang.web.policy.domain.releases import LoadedRelease, release
from kechuang.web.policy.models import Release


class Command(BaseCommand):
    """Write a release into a new folder: the one in force, or an older one to replay a receipt with."""

    help = "把生效的或指定的版次导出成城市包文件 (write the release in force, or another one, as pack files)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", required=True)
        parser.add_argument(
            "--release",
            metavar="DIGEST",
            help="摘要或它的前几位 / the digest or its first characters; default: in force",
        )
        parser.add_argument("--lang", choices=["zh", "en"], default="zh")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = _named(options["release"]) if options["release"] else current_release()
        except UserError as error:
            raise CommandError(f"{error.zh} {error.en}") from None
        if export_command(loaded.pack, options["out"], options["lang"]) != 0:
            raise CommandError("")


def _named(start: str) -> LoadedRelease:
    """The one release whose digest begins so."""
    found = list(Release.objects.filter(digest__startswith=start.lower()).values_list("digest", flat=True)[:2])
    if len(found) != 1:
        raise UserError(
            f"不止一个版次的摘要以 {start} 开头，请多写几位。"
            if found
            else f"没有摘要以 {start} 开头的版次；/policies/releases/ 列着全部版次。",
            f"More than one release begins with {start}; write more of its digest."
            if found
            else f"No release begins with {start}; /policies/releases/ lists them all.",
        )
    return release(found[0])
