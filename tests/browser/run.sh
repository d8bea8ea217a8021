#!/bin/sh
# `make browser`: see run.py. PYTHON names the interpreter that has Feedbridge's own libraries.
set -eu
cd "$(dirname "$0")/../.."
exec "${PYTHON:-python3}" tests/browser/run.py "$@"
