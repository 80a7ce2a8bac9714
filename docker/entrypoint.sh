#!/bin/sh
# Stands before the entrypoint of Flink's image, which writes FLINK_PROPERTIES into conf/. Where the root file system is
# read-only, conf/ is an empty tmpfs: it gets the image's files first.
set -eu
flink=${FLINK_HOME:-/opt/flink}
if [ -z "$(ls -A "$flink/conf")" ]; then
  cp -r "$flink/conf-image/." "$flink/conf/"
fi
exec "${FLINK_ENTRYPOINT:-/docker-entrypoint.sh}" "$@"
