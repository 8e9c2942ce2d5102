"""The six rules of ``measures_rules.py`` written for OpenFisca-core, as a peer in benchmarks.

Runs in an environment of its own (``pip install openfisca-core pyarrow``; it is no dependency of this project) and does
not import Kechuang: ``python benchmarks/openfisca_peer.py DATA [--out DIR]`` prints one line of JSON like
``measures_engine.py``. OpenFisca knows no unknown values: an unknown amount is 0, an unknown yes-or-no is no.
"""
# mypy: ignore-errors

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path

BEGAN = time.perf_counter()

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from openfisca_core.entities import Entity  # noqa: E402
from openfisca_core.parameters import ParameterNode  # noqa: E402
from openfisca_core.periods import YEAR  # noqa: E402
from openfisca_core.simulation_builder import SimulationBuilder  # noqa: E402
from openfisca_core.taxbenefitsystems import TaxBenefitSystem  # noqa: E402
from openfisca_core.variables import Variable  # noqa: E402

PERIOD = "2026"
VALUES = {
    "city": 50000, "province": 200000, "nation": 500000, "intensity_rate": 0.05, "intensity_cap": 80000,
    "small": 5, "middle": 4, "large": 3, "deduction_rate": 0.5, "interest_rate": 0.5, "interest_cap": 500000,
    "supplier_rate": 0.01, "supplier_cap": 100000, "receiver_rate": 0.02, "receiver_cap": 200000,
}  # fmt: skip


def half_up(amount):
    """To whole fen, as country packages write it."""
    return np.floor(amount * 100 + 0.5) / 100


def system(name, inputs, formulas):
    """A tax-benefit system with one entity, input variables and one variable per rule."""
    entity = Entity(name, name + "s", name, "")
    made = TaxBenefitSystem([entity])
    data = {key: {"values": {"2013-01-01": {"value": value}}} for key, value in VALUES.items()}
    made.parameters = ParameterNode("", data=data)
    for key, (kind, formula) in {**{k: (v, None) for k, v in inputs.items()}, **formulas}.items():
        fields = {"value_type": kind, "entity": entity, "definition_period": YEAR, "label": key}
        if formula is not None:
            fields["formula"] = formula
        made.add_variable(type(key, (Variable,), fields))
    return made


def r1(firm, period, parameters):
    p, level = parameters(period), firm("level", period)
    return np.select([level == 1, level == 2, level == 3], [p.city, p.province, p.nation], 0)


def r4(firm, period, parameters):
    p, spent, revenue = parameters(period), firm("research", period), firm("revenue", period)
    share = np.select([revenue <= 50000000, revenue <= 200000000], [p.small, p.middle], p.large)
    amount = np.minimum(half_up(spent * p.intensity_rate), p.intensity_cap)
    return np.where((spent * 100 >= revenue * share) & firm("research_known", period), amount, 0)


def r5(firm, period, parameters):
    return half_up(firm("research", period) * parameters(period).deduction_rate)


def r6(firm, period, parameters):
    p = parameters(period)
    amount = np.minimum(half_up(firm("interest", period) * p.interest_rate), p.interest_cap)
    return np.where(firm("small_firm", period), amount, 0)


def r2(contract, period, parameters):
    p = parameters(period)
    amount = np.minimum(half_up(contract("value", period) * p.supplier_rate), p.supplier_cap)
    return np.where(contract("qualifies", period), amount, 0)


def r3(contract, period, parameters):
    p = parameters(period)
    amount = np.minimum(half_up(contract("value", period) * p.receiver_rate), p.receiver_cap)
    return np.where(contract("qualifies", period) & contract("converted", period), amount, 0)


FIRMS = system(
    "firm",
    {"level": int, "revenue": float, "research": float, "research_known": bool, "interest": float, "small_firm": bool},
    {"r1_award": (float, r1), "r4_intensity": (float, r4), "r5_deduction": (float, r5), "r6_interest": (float, r6)},
)
CONTRACTS = system(
    "contract", {"value": float, "qualifies": bool, "converted": bool},
    {"r2_supplier": (float, r2), "r3_receiver": (float, r3)},
)  # fmt: skip


def number(column):
    """Decimals as floats; unknown as 0."""
    return column.cast(pa.float64()).fill_null(0).to_numpy()


def choice(column, options):
    codes = {option: i for i, option in enumerate(options)}
    encoded = column.combine_chunks().dictionary_encode()
    return np.array([codes[x] for x in encoded.dictionary.to_pylist()])[encoded.indices.to_numpy()]


def firms(path):
    """Inputs of the firms."""
    t = pq.read_table(path)
    return {
        "level": choice(t["机构级别"], ("无", "市级", "省级", "国家级")), "revenue": number(t["营业收入"]),
        "research": number(t["研发投入"]), "research_known": t["研发投入"].is_valid().to_numpy(),
        "interest": number(t["已付利息"]), "small_firm": t["中小企业"].fill_null(False).to_numpy(),
    }  # fmt: skip


def contracts(path):
    """Inputs of the contracts."""
    t = pq.read_table(path)
    return {
        "value": number(t["技术合同交易额"]),
        "qualifies": choice(t["出让方类型"], ("高校", "科研院所", "个人", "企业")) < 3,
        "converted": t["已转化"].fill_null(False).to_numpy(),
    }


def main():
    """Both tables, every rule."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    sums = {}
    for table, made, read in (("firms", FIRMS, firms), ("contracts", CONTRACTS, contracts)):
        inputs = read(args.data / f"{table}.parquet")
        simulation = SimulationBuilder().build_default_simulation(made, count=len(next(iter(inputs.values()))))
        for name, values in inputs.items():
            simulation.set_input(name, PERIOD, values)
        results = {}
        for name in (v for v in made.variables if v.startswith("r") and v[1].isdigit()):
            result = simulation.calculate(name, PERIOD)
            sums[name] = float(result.astype(np.float64).sum())
            results[name] = result
        if args.out:
            ids = pq.read_table(args.data / f"{table}.parquet", columns=["id"])["id"]
            pq.write_table(pa.table({"key": ids, **results}), args.out / f"openfisca-{table}.parquet")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter() - BEGAN, time.process_time()
    print(json.dumps({"wall": wall, "cpu": cpu, "peak_mib": round(peak), "yuan": sums}))


if __name__ == "__main__":
    main()
