#!/bin/sh
# Formats, lints, builds and tests, as the stage `check` of the Dockerfile says: the same here and on your machine.
set -eu
cd "$(dirname "$0")/.."
docker buildx build . --target check --progress plain
