#!/bin/sh
# Wait until the replica on a port is healthy, at most three minutes: deploy/wait-healthy.sh 8501
set -eu
cd "$(dirname "$0")/.."
exec .venv/bin/python - "$1" <<'PYTHON'
import sys, time, urllib.request

address = "http://127.0.0.1:%d/_stcore/health" % int(sys.argv[1])
deadline = time.monotonic() + 180
while True:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            sys.exit(answer.read() != b"ok")
    except OSError as error:
        if time.monotonic() > deadline:
            sys.exit("not healthy after 180 s: %s" % error)
    time.sleep(0.2)
PYTHON
