#!/usr/bin/env bash
# A day of page views.
cd "$(dirname "$0")/.." && . conf/common.sh
dt=$1

pull page_views clicks "viewed_at >= '$dt 00:00:00' AND viewed_at <= '$dt 23:59:59'"
