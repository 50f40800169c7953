"""`python -m safety_tests` is the `safety-tests` command."""

import sys

from safety_tests.cli import main

sys.exit(main())
