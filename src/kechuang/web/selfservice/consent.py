"""What people agree to, word for word and by version. A version that was shown once is never changed: a new one is added.

The Personal Information Protection Law (个人信息保护法) asks that people are told purpose, kind of data and how long it is
kept in clear words (article 17), that consent is given knowingly (article 14) and can be taken back (article 15).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Wording:
    """One version of a consent: what is taken, what for, who sees it, how long; in both languages."""

    purpose: str
    version: str
    title: tuple[str, str]
    points: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """SHA-256 of everything the person read, by which a change of words without a new version is noticed."""
        lines = [self.purpose, self.version, *self.title, *(text for point in self.points for text in point)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def again(self, version: str, points: dict[int, tuple[str, str]]) -> Wording:
        """A new version that says the same but for some points, by their place."""
        changed = tuple(points.get(place, point) for place, point in enumerate(self.points))
        return replace(self, version=version, points=changed)


CLAIM, FIGURES = "claim", "figures"

FIGURES_2026_1 = Wording(
    FIGURES,
    "2026-1",
    ("同意把填报的数据记入登记库", "We agree that the figures are entered in the register"),
    (
        (
            "收集什么：单位的年度数据，和填报人的姓名、填报时间。",
            "What is taken: the yearly figures of the organisation, the name of who filled them in, and when.",
        ),
        (
            "用来做什么：计算能享受的政策；市科技局做统计和测算。每一项用在哪里，写在那一项旁边。",
            "What for: to compute what the organisation can get; statistics and trials of the science bureau. Beside each "
            "figure stands where it is used.",
        ),
        (
            "谁能看：本单位，市科技局经办人，审计员，所在县市区的经办人；不公开。",
            "Who sees it: the organisation itself, officers of the city science bureau, auditors, officers of its county; "
            "it is not published.",
        ),
        (
            "保存多久：登记库长期保存历史；填错了随时能更正，更正前后都留有记录。",
            "How long: the register keeps its history; a wrong figure can be corrected at any time, and both states stay "
            "on record.",
        ),
    ),
)

WORDINGS: tuple[Wording, ...] = (
    Wording(
        CLAIM,
        "2026-1",
        ("同意用我的信息核实我代表的单位", "I agree that my data are used to check that I act for the organisation"),
        (
            (
                "收集什么：姓名（账号上的）、在单位的身份、证明材料。",
                "What is taken: your name (as on the account), your position, the proof you upload.",
            ),
            (
                "用来做什么：只用来核实你能不能代表这家单位办事。",
                "What for: only to check whether you may act for this organisation.",
            ),
            (
                "谁能看：你自己，市科技局经办人，单位所在县市区的经办人。",
                "Who sees it: you, officers of the city science bureau, officers of the organisation's county.",
            ),
            (
                "保存多久：撤回的申请，材料当时就删；没通过的，30 天后删；通过的，到你不再代表这家单位为止。",
                "How long: the proof of a withdrawn claim is deleted at once, of a refused one after 30 days, else when you no "
                "longer act for the organisation.",
            ),
        ),
    ),
    FIGURES_2026_1,
    FIGURES_2026_1.again(
        "2026-2",
        {
            2: (  # auditors see them no more
                "谁能看：本单位，市科技局经办人，所在县市区的经办人；不公开。",
                "Who sees it: the organisation itself, officers of the city science bureau, officers of its county; it is not "
                "published.",
            )
        },
    ),
)


def versions(purpose: str) -> list[Wording]:
    """All versions of a consent, newest first. Raises ``KeyError`` for an unknown purpose."""
    found = [wording for wording in reversed(WORDINGS) if wording.purpose == purpose]
    if not found:
        raise KeyError(purpose)
    return found


def current(purpose: str) -> Wording:
    """The version in force of a consent. Raises ``KeyError`` for an unknown purpose."""
    return versions(purpose)[0]


def shown(purpose: str, version: str) -> Wording:
    """The words of a version that was shown. Raises ``KeyError`` when there is none."""
    for wording in versions(purpose):
        if wording.version == version:
            return wording
    raise KeyError((purpose, version))
