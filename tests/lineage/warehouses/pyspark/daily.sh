#!/bin/bash
day=${1:-$(date +%F)}
spark-submit --master yarn --deploy-mode cluster /opt/etl/mart.py $day
