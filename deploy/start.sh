#!/bin/sh
# Install from this folder, without a network, and serve: ./start.sh (HOST, PORT, PYTHON). Options go to run.py.
# It lies at the top of a bundle and takes the first Python that the bundle has wheels for.
set -eu
cd "$(dirname "$0")"
if [ ! -f bundle.json ]; then
    echo "start.sh belongs to an unpacked bundle; here use make run. / start.sh 用于解压后的安装包，此处请用 make run。" >&2
    exit 1
fi
fits='import json, sys
here = "%d.%d-" % sys.version_info[:2]
sys.exit(not any(name.startswith(here) for name in json.load(open("bundle.json"))["targets"]))'
BUNDLE=$(pwd)
export BUNDLE
for candidate in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14}; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$fits" 2>/dev/null; then
        exec "$candidate" run.py "$@"
    fi
done
if command -v "${PYTHON:-python3}" >/dev/null 2>&1; then
    exec "${PYTHON:-python3}" run.py "$@"   # says in one line what is missing
fi
echo "Python is missing: install python3. / 缺少 Python，请先安装 python3。" >&2
exit 1
