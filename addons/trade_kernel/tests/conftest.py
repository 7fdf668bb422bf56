"""Property tests: no time limits per example, and nothing written outside the project's own folder."""

import os
from pathlib import Path

os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY", str(Path(__file__).resolve().parents[3] / ".odoo" / "hypothesis")
)

from hypothesis import settings

# The same examples every time: what fails was changed. HYPOTHESIS_PROFILE=long looks for new ones.
settings.register_profile("kernel", deadline=None, max_examples=50, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "kernel"))
