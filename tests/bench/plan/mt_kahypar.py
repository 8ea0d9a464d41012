#!/usr/bin/env python3
"""Parts of a graph (METIS's text form, the parts wanted as the header's fourth number) by Mt-KaHyPar, its preset for quality, one thread.

    mt_kahypar.py GRAPH PARTS SEED"""
import sys
import tempfile

import mtkahypar

IMBALANCE = 0.03


def main():
    path, parts, seed = sys.argv[1:4]
    with open(path, encoding="utf8") as whole, tempfile.NamedTemporaryFile("w", suffix=".graph") as plain:
        *header, wanted = whole.readline().split()
        plain.write(" ".join(header) + "\n")
        plain.writelines(whole)
        plain.flush()
        kahypar = mtkahypar.initialize(1)
        context = kahypar.context_from_preset(mtkahypar.PresetType.QUALITY)
        context.set_partitioning_parameters(int(wanted), IMBALANCE, mtkahypar.Objective.CUT)
        context.logging = False
        mtkahypar.set_seed(int(seed))
        graph = kahypar.graph_from_file(plain.name, context, mtkahypar.FileFormat.METIS)
        found = graph.partition(context).get_partition()
    with open(parts, "w", encoding="utf8") as out:
        out.writelines(f"{part}\n" for part in found)


if __name__ == "__main__":
    main()
