"""What depends on where a command's output goes, and on the keys that stop it."""

import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from memex.core.library import ARCHIVE_NOTICE, IndexReport, LibraryStatus
from memex.core.paths import LibraryPaths
from memex.library.library import Library
from tests.cli.commands import command, decoded, exit_code, json_of, run
from tests.transcript_files import TranscriptFile, session_id


class Terminal:
    """Standard error of a command that thinks it has one."""

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()

    def read(self) -> Iterator[str]:
        """Until the command has ended."""
        os.close(self.theirs)
        try:
            while chunk := os.read(self._ours, 1 << 16):
                yield chunk.decode(errors="replace")
        except OSError:
            pass  # EIO: Linux's way to say that nobody is left at the other end
        finally:
            os.close(self._ours)


def on_terminal(terminal: Terminal, home: Path, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(home, *words),
        stdout=subprocess.PIPE,
        stderr=terminal.theirs,
        encoding="utf-8",
        env=os.environ | {"TERM": "xterm"},
        # Whoever runs the tests may ignore Ctrl+C, which children inherit.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_progress_is_shown_on_a_terminal_and_never_in_the_output(
    prepared_home: LibraryPaths, tmp_path: Path
) -> None:
    TranscriptFile(tmp_path / "transcripts", session_id(1)).prompt("The linker is missing")
    terminal = Terminal()
    process = on_terminal(terminal, prepared_home.home, "index", str(tmp_path / "transcripts"), "--json")
    shown = "".join(terminal.read())
    output, _ = process.communicate()
    assert decoded(IndexReport, output).new == 1
    assert "scan files" in shown


def test_no_progress_in_a_pipe(prepared_home: LibraryPaths, tmp_path: Path) -> None:
    TranscriptFile(tmp_path / "transcripts", session_id(1)).prompt("The linker is missing")
    done = run(prepared_home.home, "index", str(tmp_path / "transcripts"))
    assert (done.returncode, done.stderr) == (0, "")
    report, notice = done.stdout.splitlines()
    assert report.startswith("1 sessions from 1 files: 1 new")
    assert notice == ARCHIVE_NOTICE


def test_ctrl_c_costs_a_line_and_the_next_run_goes_on(prepared_home: LibraryPaths, demo: Path) -> None:
    terminal = Terminal()
    process = on_terminal(terminal, prepared_home.home, "index", str(demo / "claude"))
    shown = ""
    for chunk in terminal.read():
        if "embed texts" in chunk and "embed texts" not in shown:
            process.send_signal(signal.SIGINT)
        shown += chunk
    output, _ = process.communicate()
    assert (process.returncode, output) == (130, "")
    assert shown.endswith("memex: Interrupted: nothing is lost, run it again to go on.\r\n")
    assert "Traceback" not in shown
    left = json_of(LibraryStatus, prepared_home.home, "status")
    report = json_of(IndexReport, prepared_home.home, "index", str(demo / "claude"))
    assert (report.new, report.changed, report.unchanged) == (0, 0, left.sessions)
    assert report.texts_embedded == left.texts_waiting > 0
    done = json_of(LibraryStatus, prepared_home.home, "status")
    assert (done.with_vectors, done.texts_waiting, done.waiting) == (done.sessions, 0, 0)


def test_a_reader_that_leaves_early_is_no_failure(
    prepared_home: LibraryPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # with it, Python does not notice
    transcript = TranscriptFile(tmp_path / "transcripts", session_id(1)).prompt("Show me the log")
    transcript.run("cat log", "a line\n" * 100_000)
    run(prepared_home.home, "index", str(transcript.path))
    process = subprocess.Popen(
        command(prepared_home.home, "replay", session_id(1)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout as output:
        assert output.readline() == "Show me the log\n"
    with process.stderr as errors:
        assert errors.read() == ""
    assert process.wait() == 0


def test_a_library_that_another_process_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("memex.engine.command.LOCK_WAIT", 0.0)
    library = Library(tmp_path)
    try:
        assert exit_code(monkeypatch, "--home", str(tmp_path), "status") == 1
    finally:
        library.close()
    told = f"memex: Another Memex is using the library {tmp_path}: wait for it to finish, or close it.\n"
    assert capsys.readouterr().err == told


def test_a_bug_is_a_sentence_and_its_details_are_logged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("memex.engine.command.attach", lambda paths: 1 / 0)
    assert exit_code(monkeypatch, "status") == 1
    told = "memex: Memex has a bug: ZeroDivisionError('division by zero'); the details are in memex.log.\n"
    assert capsys.readouterr().err == told
    assert caplog.records[-1].exc_info
