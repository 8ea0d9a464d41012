#!/usr/bin/env bash
# Orders, their items, payments and refunds of one day.
cd "$(dirname "$0")/.." && . conf/common.sh
dt=$1

pull orders      trade "created_at >= '$dt 00:00:00' AND created_at <= '$dt 23:59:59'"
pull order_items trade "created_at >= '$dt 00:00:00' AND created_at <= '$dt 23:59:59'"
pull payments    trade "paid_at >= '$dt 00:00:00' AND paid_at <= '$dt 23:59:59'"
pull refunds     trade "refunded_at >= '$dt 00:00:00' AND refunded_at <= '$dt 23:59:59'"
