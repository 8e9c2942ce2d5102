"""How fast reading is, and that its time grows with the length only. Run: python benchmarks/reading.py [FILE.txt ...]

Without files a policy text is made up in the genre. Prints CPU time (other load on the machine does not count) and ends
with status 1 when a limit is passed: 100 ms for a document of 8,000 characters, 5 s for 1 MB.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from kechuang.reading import read, spans  # noqa: E402

DOCUMENT, MEGABYTE = 0.100, 5.0

_CHAPTER = """{n}、主要任务

（一）培育创新主体

到20{y}年，全市高新技术企业达到{v}家以上，研发投入占地区生产总值的比重达到2.5%，其中企业投入占70%以上。加快建设技术创新平台，鼓励企业与高校共建研发机构。

对首次认定的高新技术企业，给予{v}万元奖励；对认定为市、省、国家级的企业技术中心，分别给予8万元、30万元、80万元补助。对购买技术成果并实施转化的企业，按技术合同
交易额的2%给予补助，单个企业每年最高不超过{v}万元。根据《人才引进办法》（示发〔20{y}〕12号），由市科技局牵头制定实施细则。

（二）完善服务体系

健全科技金融服务，完善知识产权保护机制，推进科研项目管理改革，依法公开办事流程和结果。各县区要建立工作协调机制，定期通报进展情况。

"""


def made_up(characters: int) -> str:
    """A text in the genre of at least that many characters."""
    chapters: list[str] = ["关于加快创新发展的意见\n\n"]
    size = 0
    while size < characters:
        number = len(chapters)
        chapters.append(_CHAPTER.format(n="一二三四五六七八九十"[number % 10], y=25 + number % 10, v=10 + number % 90))
        size += len(chapters[-1])
    return "".join(chapters)


def cost(text: str, rounds: int) -> float:
    """Least CPU seconds of a reading with its coloured spans, over some rounds."""
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        spans(read(text))
        best = min(best, time.process_time() - began)
    return best


def main(files: list[str]) -> int:
    """Measure, print, compare with the limits."""
    source = "\n".join(Path(name).read_text(encoding="utf-8") for name in files) if files else made_up(20_000)
    read(source[:5000])  # warm: patterns compiled
    document = cost(source[:8_000], 5)
    print(
        f"document of {len(source[:8_000]):>9,} characters: {document * 1000:8.1f} ms (limit {DOCUMENT * 1000:.0f} ms)"
    )
    whole = source * (400_000 // len(source) + 1)
    sizes = [len(whole[:length].encode()) for length in (87_000, 175_000, 350_000)]
    times = [cost(whole[:length], 1) for length in (87_000, 175_000, 350_000)]
    for size, seconds in zip(sizes, times, strict=True):
        print(f"{size:>10,} bytes: {seconds:6.2f} s, {seconds / size * 1e6:5.2f} s per MB")
    per_megabyte = times[-1] / sizes[-1] * 1e6
    print(f"1 MB takes {per_megabyte:.2f} s (limit {MEGABYTE:.0f} s)")
    return int(document > DOCUMENT or per_megabyte > MEGABYTE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
