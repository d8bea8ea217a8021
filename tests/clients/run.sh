#!/bin/sh
# `make clients`: see run.py. PYTHON names the interpreter that has Feedbridge's own libraries and those of its tests.
set -eu
cd "$(dirname "$0")/../.."
exec "${PYTHON:-.venv/bin/python}" tests/clients/run.py "$@"
