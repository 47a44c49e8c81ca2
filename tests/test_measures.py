"""Each measure on small networks worked out by hand, and against independent methods."""

from pathlib import Path

import make_example


def test_writing_the_example_again_gives_the_same_bytes(tmp_path):
    make_example.write(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in Path(make_example.EXAMPLE).iterdir()}
    assert written == kept
    assert len(written) == 14
