"""What the commands that make a picture have in common: their options, and how large it may be."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

PICTURES = Path(__file__).resolve().parents[1] / "pictures"
MOST_BYTES = 250_000


def command(
    about: str | None,
    name: str,
    picture: Callable[[Path, bool], bytes],
    most_bytes: int = MOST_BYTES,
) -> None:
    """Write the PNG that `picture` makes, given a scratch folder and whether it is to be dark."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--out", type=Path, help=f"default: docs/pictures/{name}")
    parser.add_argument("--dark", action="store_true", help="in the dark theme; NAME_dark.png then")
    given = parser.parse_args()
    default = PICTURES / name
    out = given.out or (default.with_stem(f"{default.stem}_dark") if given.dark else default)
    try:
        with TemporaryDirectory(prefix="picture-") as folder:
            png = picture(Path(folder), given.dark)
    except FileNotFoundError as error:
        sys.exit(str(error))
    if len(png) > most_bytes:
        sys.exit(f"expected a picture below {most_bytes} bytes; got {len(png)}. Make it smaller.")
    out.write_bytes(png)
    print(f"{out}: {len(png)} bytes")
