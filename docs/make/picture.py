"""What the commands that make a picture have in common: their options, and how large it may be."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

PICTURES = Path(__file__).resolve().parents[1] / "pictures"
MOST_BYTES = 250_000


def command(about: str | None, name: str, picture: Callable[[Path, bool], bytes]) -> None:
    """Write the PNG that `picture` makes, given a scratch folder and whether it is to be dark."""
    parser = argparse.ArgumentParser(description=about)
    default = PICTURES / name
    parser.add_argument("--out", type=Path, default=default, help=f"default: docs/pictures/{name}")
    parser.add_argument("--dark", action="store_true", help="in the dark theme of the page")
    given = parser.parse_args()
    try:
        with TemporaryDirectory(prefix="picture-") as folder:
            png = picture(Path(folder), given.dark)
    except FileNotFoundError as error:
        sys.exit(str(error))
    if len(png) > MOST_BYTES:
        sys.exit(f"expected a picture below {MOST_BYTES} bytes; got {len(png)}. Make it smaller.")
    given.out.write_bytes(png)
    print(f"{given.out}: {len(png)} bytes")
