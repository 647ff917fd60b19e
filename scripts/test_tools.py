"""See to it that the browser tests can run: Chromium, Chinese fonts, colour symbols, nginx.

As root on Debian or Ubuntu missing ones are installed by apt-get; otherwise the command to run is said and we fail.
"""

import os
import shutil
import subprocess
import sys
from typing import Final

#: Where Chromium lies, by preference, on Debian, Ubuntu, Fedora and macOS. BROWSER_PATH overrides.
BROWSERS: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
#: A family that must be there, and the Debian package that brings it. macOS has its own.
FONTS: Final = {"Noto Sans CJK SC": "fonts-noto-cjk", "Noto Color Emoji": "fonts-noto-color-emoji"}


def find_browser() -> str | None:
    """Return the path of Chromium or Chrome, None where there is none."""
    given = os.environ.get("BROWSER_PATH")
    found = [shutil.which(name) for name in ((given,) if given else BROWSERS)]
    return next((path for path in found if path), None)


def find_nginx() -> str | None:
    """Return the path of nginx, None where there is none; it need not be on the path of who is not root."""
    return shutil.which("nginx", path=os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin")))


def list_missing() -> list[str]:
    """Return the Debian packages of what is missing."""
    missing = [] if find_browser() else ["chromium"]
    if sys.platform == "linux":
        lister = shutil.which("fc-list")
        command = [lister or "fc-list", ":", "family"]
        families = subprocess.run(command, capture_output=True, text=True, check=False).stdout if lister else ""
        missing += [] if find_nginx() else ["nginx-light"]
        missing += [package for family, package in FONTS.items() if family not in families]
    return missing


def main() -> int:
    """Install or name what is missing; return the exit code."""
    missing = list_missing()
    if not missing:
        return 0
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([apt, "update", "-qq"], env=environment, check=False)
        subprocess.run([apt, "install", "-y", "-qq", "--no-install-recommends", *missing], env=environment, check=False)
        missing = list_missing()
        if not missing:
            return 0
    if apt:
        remedy = f"sudo apt-get update && sudo apt-get install -y {' '.join(missing)}"
    elif sys.platform == "darwin":
        remedy = "brew install --cask chromium"
    else:
        remedy = f"install {', '.join(missing)} with your package manager"
    print(f"Browser tests need {', '.join(missing)}. Run / 浏览器测试缺少组件，请执行：{remedy}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
