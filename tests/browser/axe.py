"""axe-core, as published on npm, run on what the workbook renders."""

import functools
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@functools.cache
def axe_source():
    """The text of axe.min.js, fetched once in a run."""
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(
            [shutil.which("npm"), "pack", "axe-core@4", "--silent"],
            cwd=place, check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        (packed,) = Path(place).glob("axe-core-*.tgz")
        with tarfile.open(packed) as archive:
            return archive.extractfile("package/axe.min.js").read().decode()


def violations(page, inside=".jp-NotebookPanel:not(.lm-mod-hidden) .ii-panel"):
    """What breaks WCAG 2.2 A or AA inside our parts of the page in front, a line each."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe_source())
    found = page.evaluate(
        """([inside, rules]) => axe.run({include: [[inside]]},
            {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})
            .then(r => r.violations.flatMap(v => v.nodes.map(
                n => `${v.id}: ${n.html.slice(0, 200)} | ${n.failureSummary}`)))""",
        [inside, RULES],
    )
    return sorted(set(found))
