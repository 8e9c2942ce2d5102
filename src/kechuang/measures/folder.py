"""A folder of tables: one file per kind of subject, one per list of records, told by their names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from kechuang.measures.errors import BilingualError

ENDINGS = (".parquet", ".csv")


class FolderError(BilingualError):
    """A folder that cannot be computed; says in both languages what is expected."""


@dataclass(frozen=True)
class Folder:
    """The tables of a folder: ``subjects`` by kind of subject, ``lists`` by fact; ``unused`` files have neither name."""

    subjects: dict[str, Path]
    lists: dict[str, Path]
    unused: tuple[str, ...]


def is_folder(data: str, subjects: Collection[str]) -> bool:
    """Whether ``data`` is a folder of tables: no single table and no Spark dataset, which is a folder of part files."""
    folder = Path(data)
    if not folder.is_dir() or any(folder.glob("part-*")):
        return False
    return folder.suffix not in ENDINGS or any(
        (folder / f"{name}{end}").exists() for name in subjects for end in ENDINGS
    )


def tables(folder: Path, subjects: Collection[str], lists: Collection[str]) -> Folder:
    """What the files of ``folder`` are: ``enterprise.parquet`` holds enterprises, ``本年合同.csv`` that list.

    ``subjects``: the kinds of subject that measures have; ``lists``: the facts that list records. A Spark dataset, which
    is a folder itself, counts as a file. Raises ``FolderError`` without any subject, or with two tables of one name.
    """
    found: dict[str, Path] = {}
    unused = []
    for path in sorted(folder.iterdir()):
        if path.suffix not in ENDINGS or path.stem not in {*subjects, *lists}:
            if not path.name.startswith((".", "_")):
                unused.append(path.name)
        elif path.stem in found:
            raise FolderError(
                f"“{path.stem}”有两份表：{found[path.stem].name} 和 {path.name}，只留一份",
                f'"{path.stem}" has two tables, {found[path.stem].name} and {path.name}: keep one',
            )
        else:
            found[path.stem] = path
    if not any(name in subjects for name in found):
        names = "、".join(sorted(subjects))
        raise FolderError(
            f"文件夹 {folder.name} 里没有对象表。文件名要写成对象的种类（{names}），以 .parquet 或 .csv 结尾",
            f"no table of subjects in {folder.name}: name the files after the kind of subject"
            f" ({', '.join(sorted(subjects))}), ending in .parquet or .csv",
        )
    return Folder(
        {name: path for name, path in found.items() if name in subjects},
        {name: path for name, path in found.items() if name in lists},
        tuple(unused),
    )
