"""Dividing an amount to the fen so that nothing is lost: the method of largest remainders (Hamilton's method)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

FEN = Decimal("0.01")


def in_fen(value: Decimal) -> int:
    """The amount as whole fen. Raises ``ValueError`` for a part of a fen or a value that is no number."""
    scaled = value.scaleb(2) if value.is_finite() else value
    if not value.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"{value} is not an amount in whole fen ({value} 不是到分的金额)")
    return int(scaled)


def from_fen(fen: int) -> Decimal:
    """Whole fen as yuan with two decimals."""
    return Decimal(fen).scaleb(-2)


def apportion(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """``total`` divided in proportion to ``weights``, to the fen; the parts add up to ``total`` exactly.

    Each part is cut down to the fen; the fen that remain go to the largest cut-off parts, the earlier one first where
    they are equal. Raises ``ValueError`` for negative weights, or when there is something to divide and no weight.
    """
    fen = in_fen(total)
    if any(w < 0 or not w.is_finite() for w in weights):
        raise ValueError("weights cannot be negative (权重不能是负数)")
    scale = max((-int(w.as_tuple().exponent) for w in weights), default=0)
    whole = [int(w.scaleb(max(scale, 0))) for w in weights]
    base = sum(whole)
    if base == 0:
        if fen:
            raise ValueError("nothing to divide by: all weights are 0 (权重都是 0，无法分配)")
        return [from_fen(0) for _ in weights]
    if fen < 0:
        return [-part for part in apportion(-total, weights)]
    parts = [divmod(fen * w, base) for w in whole]
    left = fen - sum(q for q, _ in parts)
    first = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))[:left]
    extra = set(first)
    return [from_fen(q + (i in extra)) for i, (q, _) in enumerate(parts)]
