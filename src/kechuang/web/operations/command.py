"""``kechuang backup`` and ``kechuang restore``."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

from kechuang.web.core.errors import UserError

SetUp = Callable[[], None]


def _tell(text: str) -> None:
    """A result."""
    sys.stdout.write(text + "\n")


def _note(text: str) -> None:
    """Everything that is no result."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def backup(arguments: list[str], set_up: SetUp) -> int:
    """``kechuang backup DIR|FILE`` makes one, ``kechuang backup verify FILE`` reads one through."""
    parser = argparse.ArgumentParser(prog="kechuang backup", description="备份 / back the city up")
    parser.add_argument("target", metavar="DIR|FILE|verify")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="verify: 要验的备份 / the backup to verify")
    parser.add_argument("--encrypt", action="store_true", help="加密 / encrypt with a passphrase")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="口令文件 / file that holds the passphrase"
    )
    options = parser.parse_args(arguments)
    if options.target == "verify":
        if options.file is None:
            parser.error("verify FILE")
        return _verify(options.file, options.passphrase_file)
    if options.file is not None:
        parser.error(f"unrecognised: {options.file}")
    phrase = passphrase(options.passphrase_file, new=True) if options.encrypt or options.passphrase_file else None
    set_up()
    from kechuang.web.operations.domain.make import make

    made = make(Path(options.target), passphrase=phrase, progress=lambda text: _note(f"  {text}"))
    told = made.manifest
    count = sum(table["rows"] for table in told["tables"].values())
    _tell(
        f"备份完成：{made.path}（{made.size:,} 字节，{made.seconds:.1f} 秒）\n"
        f"Backup made: {made.path} ({made.size:,} bytes, {made.seconds:.1f} s)\n"
        f"  SHA-256 {made.sha256}\n"
        f"  {count:,} 行 rows · {told['files']['count']:,} 个文件 files · 审计链 audit chain {told['chain']['seq']:,} "
        f"{told['chain']['digest']}"
    )
    if phrase is None:
        _note(
            "没有加密，也不含密钥：请限制谁能读，并另外保存 secret_key。\n"
            "Not encrypted, and without the secret key: restrict who can read it, and keep secret_key elsewhere."
        )
    if made.problems:
        _note(
            f"有 {len(made.problems)} 个文件缺失或损坏，备份里没有完好的内容。第一个：{made.problems[0]}\n"
            f"{len(made.problems)} files are missing or damaged; the first: {made.problems[0]}"
        )
    return 1 if made.problems else 0


def _verify(path: Path, phrase_file: Path | None) -> int:
    from kechuang.web.operations.domain import container

    phrase = passphrase(phrase_file, new=False) if container.is_encrypted(path) else None
    told = container.verify(path, phrase)
    count = sum(table["rows"] for table in told["tables"].values())
    _tell(
        f"完好：{path.name}，{told['made_at']} 做，{count:,} 行，{told['files']['count']:,} 个文件，"
        f"审计链第 {told['chain']['seq']:,} 条 {told['chain']['digest']}\n"
        f"Sound: {path.name}, made {told['made_at']}, {count:,} rows, {told['files']['count']:,} files, "
        f"audit chain at {told['chain']['seq']:,} {told['chain']['digest']}"
    )
    return 0


def restore(arguments: list[str], set_up: SetUp) -> int:
    """``kechuang restore FILE --into HOME|DATABASE_URL``: into an empty place only."""
    parser = argparse.ArgumentParser(
        prog="kechuang restore", description="恢复到空的地方 / restore into an empty place"
    )
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--into", required=True, metavar="HOME|DATABASE_URL", help="空的数据目录或数据库 / empty folder or database"
    )
    parser.add_argument("--home", type=Path, help="给数据库地址时文件放在哪里 / folder of files, with a DATABASE_URL")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="口令文件 / file that holds the passphrase"
    )
    options = parser.parse_args(arguments)
    from kechuang.web.operations.domain import container

    phrase = passphrase(options.passphrase_file, new=False) if container.is_encrypted(options.file) else None
    home = _home(options.into, options.home)
    into_folder = "://" not in options.into
    place = home.with_name(home.name + ".restoring") if into_folder else home
    if into_folder and place.exists():
        raise UserError(
            f"{place} 还在：另一次恢复正在做，或上次被打断。确认没有在做，删掉它再来。",
            f"{place} is there: another restore is running or was interrupted. If none is running, delete it and try again.",
            code="busy",
        )
    _check_place(home, into_folder)
    os.environ["KECHUANG_HOME"] = str(place)
    os.environ.pop("DATABASE_URL", None)
    if not into_folder:
        os.environ["DATABASE_URL"] = options.into
    set_up()
    from kechuang.web.operations.domain.restore import restore as run

    try:
        done = run(options.file, passphrase=phrase)
        if into_folder:
            _into_its_place(place, home)
    finally:
        if into_folder:
            import shutil

            shutil.rmtree(place, ignore_errors=True)
    told = done.manifest
    count = sum(table["rows"] for table in told["tables"].values())
    _tell(
        f"恢复完成：{count:,} 行，{told['files']['count']:,} 个文件，{done.seconds:.1f} 秒。每张表的摘要、审计链头都与备份相同。\n"
        f"Restored: {count:,} rows, {told['files']['count']:,} files, {done.seconds:.1f} s. The digest of every table and the "
        f"head of the audit chain are those of the backup.\n"
        f"  审计链 audit chain {told['chain']['seq']:,} {told['chain']['digest']}"
    )
    for zh, en in done.remarks:
        _note(f"{zh}\n{en}")
    return 0


def _home(into: str, home: Path | None) -> Path:
    """The data folder of the restored city."""
    if "://" not in into:
        return Path(into).resolve()
    if home is None and "KECHUANG_HOME" not in os.environ:
        raise UserError(
            "给了数据库地址，还要给数据目录：--home 目录，或环境变量 KECHUANG_HOME。",
            "With a database address, the data folder is needed too: --home DIR, or KECHUANG_HOME.",
            code="no_home",
        )
    return (home or Path(os.environ["KECHUANG_HOME"])).resolve()


def _check_place(home: Path, into_folder: bool) -> None:
    """Refuse a folder that holds anything; with a database only its folder of files is asked, later."""
    if into_folder and home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise UserError(
            f"{home} 不是空的。恢复只进空的地方：请换一个目录；现有的城市不会被覆盖。",
            f"{home} is not empty. A restore needs an empty place: choose another folder; no city is overwritten.",
            code="not_empty", status=409,
        )  # fmt: skip


def _into_its_place(place: Path, home: Path) -> None:
    """Move the finished folder to where it belongs, in one step."""
    from django.db import connections

    connections.close_all()
    if home.exists():
        home.rmdir()
    place.rename(home)


def passphrase(file: Path | None, *, new: bool) -> str:
    """The passphrase from a file, the environment or the keyboard.

    Raises:
        UserError: the file cannot be read, the two typed ones differ, or there is nobody to ask.
    """
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                f"读不了口令文件 {file}：{error}", f"Cannot read the passphrase file {file}: {error}"
            ) from error
    if given := os.environ.get("KECHUANG_BACKUP_PASSPHRASE"):
        return given
    if not sys.stdin.isatty():
        raise UserError(
            "需要口令：--passphrase-file 文件，或环境变量 KECHUANG_BACKUP_PASSPHRASE。",
            "A passphrase is needed: --passphrase-file FILE, or KECHUANG_BACKUP_PASSPHRASE.",
            code="passphrase_needed",
        )
    typed = getpass.getpass("口令 / passphrase: ")
    if new and getpass.getpass("再输一次 / again: ") != typed:
        raise UserError("两次输入的口令不同。", "The two passphrases differ.", code="differs")
    return typed
