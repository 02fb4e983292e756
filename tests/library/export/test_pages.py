"""The page itself: whole, inert, and the same step for step as the window's."""

import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from shutil import which

import pytest
from markdown_it import MarkdownIt

from memex.core.replay import ExportFormat
from memex.core.steps.blocks import Grammar, Listing
from memex.core.steps.listing import lines_of
from memex.library.export.html_rows import MAX_ROWS, SHOWN, Colours, rows_html
from tests.library.export.conftest import Export

QUIET = """
--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-extensions --no-pings --dump-dom
"""
OWN_HOSTS = re.compile(r"[\w.-]*\.(?:google|googleapis|gvt1)\.com[:/]")
"""What Chromium itself asks at its start, whatever page it opens and however it is told not to."""
LOADS = {"script", "link", "iframe", "object", "embed", "base", "form", "video", "audio", "source", "svg"}


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def page(export: Export) -> str:
    exported = export(ExportFormat.HTML)
    assert exported.content is not None
    return exported.content.decode()


class Proxy:
    """All connections of a browser that is told to use it end here, and are counted."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self._listener.getsockname())
        self.asked: list[str] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with closing(connection):
                head = connection.recv(1_000).decode(errors="replace")
                if head == "end":
                    return
                self.asked.append(head.split("\r\n")[0])

    def close(self) -> None:
        host, _, port = self.address.partition(":")
        with socket.create_connection((host, int(port))) as last:
            last.sendall(b"end")
        self._thread.join()
        self._listener.close()


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    opened = Proxy()
    yield opened
    opened.close()


def browse(file: Path, proxy: Proxy, folder: Path) -> str:
    """The document as a real browser has it in the end."""
    browser = next(filter(None, map(which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert browser, "No Chromium: `make test` installs it."
    options = [
        f"--user-data-dir={folder}",
        f"--proxy-server={proxy.address}",
        "--proxy-bypass-list=<-loopback>",
    ]
    done = subprocess.run(
        [browser, *QUIET.split(), *options, file.as_uri()],
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=120,
    )
    return done.stdout


def asked_by_page(proxy: Proxy) -> list[str]:
    return [line for line in proxy.asked if not OWN_HOSTS.search(line)]


def test_in_a_real_browser_it_asks_for_nothing_and_runs_nothing(
    page: str, proxy: Proxy, tmp_path: Path
) -> None:
    file = tmp_path / "session.html"
    file.write_text(page, encoding="utf-8")
    shown = browse(file, proxy, tmp_path / "profile")
    assert asked_by_page(proxy) == []
    assert "<title>Why does the build fail?</title>" in shown
    assert not LOADS & {tag for tag, _ in Elements(shown).found}
    assert "line 99 of many" in shown


def test_a_page_that_asks_would_be_seen(proxy: Proxy, tmp_path: Path) -> None:
    file = tmp_path / "loud.html"
    file.write_text("<script>document.title='ran'</script><img src=http://outside.test/a.png>")
    assert "<title>ran</title>" in browse(file, proxy, tmp_path / "profile")
    assert any("outside.test" in line for line in asked_by_page(proxy))


def test_nothing_in_it_can_load_or_run(page: str) -> None:
    for tag, attributes in Elements(page).found:
        assert tag not in LOADS, tag
        assert not {name for name in attributes if name.startswith("on") or name == "style"}, attributes
        assert (attributes.get("src") or "data:image/").startswith("data:image/")
        assert re.match(r"#t\d+$|https?://|$", attributes.get("href") or ""), attributes
    assert "default-src 'none'" in page


def test_what_was_hostile_is_there_to_be_read(page: str) -> None:
    text = "".join(Elements(page).text)
    assert "<script>document.title='pwned'</script>" in text
    assert "echo '<script>alert(4)</script>'" in text
    assert "<U+202E>" in text
    assert not re.search("[\x00\x1b\u202e]", page)


def test_every_turn_has_its_place_and_failures_show(page: str) -> None:
    found = Elements(page).found
    turns = [attributes for tag, attributes in found if tag == "article"]
    assert [turn["id"] for turn in turns] == [f"t{number}" for number in range(len(turns))]
    assert "failed" in (turns[1]["class"] or "")
    tools = [
        attributes
        for tag, attributes in found
        if tag == "details" and "tool" in (attributes.get("class") or "")
    ]
    assert "failed" in (tools[0]["class"] or "")
    assert "open" not in tools[0]


def test_images_are_in_the_page(page: str) -> None:
    images = [attributes for tag, attributes in Elements(page).found if tag == "img"]
    assert [(image["src"] or "")[:22] for image in images] == ["data:image/png;base64,"]


def test_the_colours_of_a_terminal_are_classes() -> None:
    colours = Colours()
    listing = Listing("\x1b[31mred\x1b[0m \x1b[38;2;1;2;3m<own>\x1b[0m", Grammar.TERMINAL)
    html = rows_html(lines_of(listing), colours)
    assert '<i class="f1">red</i>' in html
    assert '<i class="fx0">&lt;own&gt;</i>' in html
    assert colours.rules() == ".fx0{color:#010203}"


def test_a_long_listing_is_folded_and_a_huge_one_says_what_it_leaves_out() -> None:
    html = rows_html(lines_of(Listing("x\n" * (MAX_ROWS + 7))), Colours())
    assert html.count("\n") == MAX_ROWS
    assert f"Show all: {MAX_ROWS - SHOWN:,} more lines" in html
    assert "7 more lines are left out" in html


def test_markdown_holds_no_element_and_no_image(export: Export) -> None:
    exported = export(ExportFormat.MARKDOWN)
    assert exported.content is not None
    rendered = MarkdownIt("commonmark", {"html": True}).render(exported.content.decode())
    tags = {tag for tag, _ in Elements(rendered).found}
    assert not tags & (LOADS | {"img"})
    assert "<script>alert(3)</script>" in "".join(Elements(rendered).text)
