#!/usr/bin/env bash
# Users, articles, shops and coupons as they stand at the end of the day.
cd "$(dirname "$0")/.." && . conf/common.sh
dt=$1

pull users   master "registered_on <= '$dt'"
pull skus    master "listed_on <= '$dt'"
pull shops   master "opened_on <= '$dt'"
pull coupons master "valid_from <= '$dt'"
