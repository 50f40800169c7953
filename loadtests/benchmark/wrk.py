"""wrk beside the client of this package: how much does checking cost? It checks nothing itself."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from safety_tests.errors import UsageError

SCRIPT = """
local bodies = {%s}
local turn = 0
wrk.method, wrk.headers["Content-Type"] = "POST", "application/json"
function request()
  turn = turn %% #bodies + 1
  return wrk.format(nil, %s, nil, bodies[turn])
end
"""


def rate(url: str, requests: str, connections: int, seconds: float, folder: Path) -> float:
    """Requests per second of the same requests. Raises UsageError where wrk is not installed."""
    program = shutil.which("wrk")
    if program is None:
        raise UsageError(
            "expected wrk on the path for --wrk; got none. Install it, or leave it out"
        )
    entries = json.loads(requests)
    # JSON strings of ASCII are strings of Lua as well.
    bodies = ", ".join(json.dumps(json.dumps(entry["json"])) for entry in entries)
    script = folder / "requests.lua"
    script.write_text(SCRIPT % (bodies, json.dumps(entries[0]["path"])), "utf-8")
    flags = ["-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s", str(script), url]
    done = subprocess.run([program, *flags], capture_output=True, text=True)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if done.returncode or found is None:
        raise UsageError(f"expected wrk to measure {url}; got {done.stderr or done.stdout}")
    return float(found[1])
