#!/usr/bin/env bash
# ads.item_similarity: articles bought by the same people in the last days. The jar's lineage is in lineage.yaml.
set -euo pipefail
dt=$1

hadoop jar jars/item_similarity.jar com.retail.reco.ItemSimilarity --day "$dt" --window 3 --keep 5
