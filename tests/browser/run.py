"""`make browser`: our pages in Debian's Chromium, headless; with --docs it writes docs/pages.md and its pictures.

Each page is opened wide and narrow, in light and dark, and looked at by axe-core; see check.mjs for what must hold. Exit 0 when all
does, 1 otherwise. Installs what is missing: Chromium and a Chinese font from Debian, puppeteer-core and axe-core from npm (in a
temporary folder, or in --work).
"""

import argparse
import functools
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import scenes  # noqa: E402
from stand_ins import packages  # noqa: E402

DOCS = scenes.ROOT / "docs"
NPM = ("puppeteer-core@24", "axe-core@4")
DEBIAN = {"chromium": "chromium", "fc-list": "fontconfig"}
LIMIT = 240
LARGEST = 150_000


def main() -> int:
    """Installs, serves, looks, and writes down what was seen."""
    options = _options()
    with ExitStack() as stack:
        work = Path(options.work or stack.enter_context(tempfile.TemporaryDirectory(prefix="feedbridge-browser-")))
        install(work)
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedbridge-pages-")))
        portal = stack.enter_context(scenes.SamplePortal(datetime.now(UTC)))
        scenes.write(scratch / "public", scratch, portal)
        server = stack.enter_context(_served(scratch / "public"))
        pictures = scratch / "pictures"
        pictures.mkdir()
        code, seen = look(work, f"http://127.0.0.1:{server.server_port}/", portal.origin, pictures)
        if options.keep:
            shutil.copytree(scratch, options.keep, dirs_exist_ok=True)
        if options.docs and code == 0:
            publish(pictures, seen)
    return code


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", help="folder to keep the installed packages in (default: a temporary one)")
    parser.add_argument("--keep", help="copy the pages and their pictures to this folder")
    parser.add_argument("--docs", action="store_true", help="when all is well, write docs/pages.md and docs/pages/*.png")
    return parser.parse_args()


def install(work: Path) -> None:
    """Chromium, node and a Chinese font are there, and the npm packages are in `work`."""
    packages.debian(DEBIAN)
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=True).stdout
    packages.debian({}, () if fonts.strip() else ("fonts-noto-cjk",))
    packages.npm(work, NPM)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """What matters is seen from the browser."""


class _Server(ThreadingHTTPServer):
    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


def _served(folder: Path) -> _Server:
    server = _Server(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def look(work: Path, base: str, images: str, pictures: Path) -> tuple[int, dict[str, dict[str, float]]]:
    """check.mjs over all pages: (its exit code, figures by page)."""
    ask = {
        "base": base,
        "images": images,
        "pictures": str(pictures),
        "modules": str(work / "node_modules"),
        "chromium": shutil.which("chromium"),
    }
    command = ["node", str(HERE / "check.mjs"), json.dumps(ask)]  # what is wrong is on its stderr, shown as it comes
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        sys.exit(f"the browser was not done after {LIMIT} s")
    found = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}
    for name, row in found.items():
        sys.stdout.write(f"{name:24} {row['bytes'] / 1000:6.1f} KB  shift {row['shift']:.3f}  axe rules passed {row['passes']:.0f}\n")
    return done.returncode, found


def publish(pictures: Path, seen: dict[str, dict[str, float]]) -> None:
    """docs/pages.md and docs/pages/*.png are those of this run."""
    folder = DOCS / "pages"
    folder.mkdir(exist_ok=True)
    for picture in sorted(pictures.glob("*.png")):
        if picture.stat().st_size > LARGEST:
            sys.exit(f"{picture.name}: {picture.stat().st_size} bytes are too many for the documentation")
        shutil.copy(picture, folder / picture.name)
    rows = "\n".join(f"| {name} | {row['bytes'] / 1000:.1f} KB | {row['shift']:.3f} | {row['passes']:.0f} |" for name, row in seen.items())
    text = (HERE / "pages.template.md").read_text(encoding="utf-8")
    (DOCS / "pages.md").write_text(text.replace("@ROWS@", rows), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
