import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memex.core.replay import Exported, ExportFormat, ExportOrder
from memex.library.export.exporting import prepare_export
from memex.library.library import Library
from tests.library.replay.conftest import take_in
from tests.transcript_files import TranscriptFile, session_id

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HOSTILE = (
    "<script>document.title='pwned'</script><img src=http://outside.test/a.png onerror=alert(1)>\n"
    "![pixel](http://outside.test/b.png) [click](javascript:alert(2)) [file](../secret.txt)\n"
    "<link rel=stylesheet href=http://outside.test/c.css><iframe src=http://outside.test/d></iframe>\n"
    "</article></main></pre></details><base href=http://outside.test/>\n"
    "&lt;b&gt; \u202egnp.exe \x00 \x1b[31mred\x1b[0m \x1b]8;;http://outside.test\x07link\x1b]8;;\x07"
)
"""All that a transcript could try on the page that it is put into."""
FENCED = "```\nvery\n`````\n<script>alert(3)</script>\n```"


def long_story(folder: Path) -> TranscriptFile:
    file = TranscriptFile(folder, session_id(1)).prompt("Why does the build fail?")
    file.run("make", "make: *** [all] Error 1", fails=True).say("A **header** is missing.")
    file.prompt(HOSTILE).say(HOSTILE).run("echo '<script>alert(4)</script>'", HOSTILE).say(FENCED)
    file.prompt(f"My token is {TOKEN}").run(f"curl -H 'token: {TOKEN}'", "200")
    picture = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(PNG).decode()}
    content = [{"type": "text", "text": "See"}, {"type": "image", "source": picture}]
    file._append({"type": "user", "message": {"role": "user", "content": content}})
    file.run("seq 100", "\n".join(f"line {number} of many" for number in range(100)))
    file.run("cat big", "x" * 5_000_000).run("flood", "\x1b[31m\x1b[42m!" * 20_000)
    return file


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("export")
    long_story(folder / "transcripts")
    opened = Library(folder / "library")
    take_in(opened, folder / "transcripts")
    yield opened
    opened.close()


Export = Callable[..., Exported]


@pytest.fixture(scope="module")
def export(library: Library) -> Export:
    """`export(kind, first=…)`: its content, unless a path is given."""

    def run(kind: ExportFormat, **wishes: object) -> Exported:
        order = ExportOrder(session_id(1), kind, **wishes)  # type: ignore[arg-type]
        return prepare_export(library.reader, order)()

    return run
