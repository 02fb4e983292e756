"""Every verb through the real door, as its page in docs/ has it."""

from pathlib import Path

import pytest

from memex import __version__
from memex.cli.output import ReplayOutput, SearchOutput, SessionsOutput
from memex.core.library import FileFailure, IndexReport, LibraryStatus
from memex.core.paths import LibraryPaths
from memex.engine.client import attach_or_start
from tests.cli.commands import DEADLOCK, decoded, json_of, run, text_of
from tests.transcript_files import TranscriptFile, session_id

SESSIONS = 12
"""In `library`."""
SUBAGENTS = 3


def test_it_says_its_version_and_what_it_can_do() -> None:
    assert text_of(None, "--version") == f"memex, version {__version__}\n"
    assert "A window onto your past sessions" in text_of(None, "--help")


class TestIndex:
    def test_the_fields_are_those_of_its_page(self, prepared_home: LibraryPaths, tmp_path: Path) -> None:
        report = json_of(IndexReport, prepared_home.home, "index", str(tmp_path / "library"))
        assert report.__struct_fields__ == (
            *("files", "sessions_before", "sessions", "new", "changed", "unchanged", "failed", "skipped"),
            *("texts_embedded", "passages_embedded", "stale", "seconds", "cancelled"),
        )
        assert FileFailure.__struct_fields__ == ("path", "reason")

    def test_a_second_run_reads_nothing_and_a_third_what_has_changed(
        self, prepared_home: LibraryPaths, tmp_path: Path
    ) -> None:
        folder = tmp_path / "transcripts"
        for number in range(3):
            TranscriptFile(folder, session_id(number)).prompt(f"Question {number}").say("An answer")

        def index() -> tuple[int, ...]:
            report = json_of(IndexReport, prepared_home.home, "index", str(folder))
            assert report.sessions == report.new + report.changed + report.unchanged
            assert (report.failed, report.skipped, report.cancelled) == ((), (), False)
            return report.files, report.new, report.changed, report.unchanged, report.texts_embedded

        *counts, embedded = index()
        assert counts == [3, 3, 0, 0]
        assert embedded > 0
        assert index() == (3, 0, 0, 3, 0)
        TranscriptFile(folder, session_id(9)).prompt("A new one")
        with (folder / f"{session_id(0)}.jsonl").open("ab") as grown:
            grown.write((folder / f"{session_id(0)}.jsonl").read_bytes().replace(b"Question", b"Further"))
        assert index()[:4] == (4, 1, 1, 2)

    def test_what_cannot_be_read_is_told_with_its_reason(
        self, prepared_home: LibraryPaths, tmp_path: Path
    ) -> None:
        folder = tmp_path / "transcripts"
        TranscriptFile(folder, session_id(1)).prompt("A good one")
        (folder / "dangling.jsonl").symlink_to(tmp_path / "nowhere")
        (folder / "notes.jsonl").write_text("not JSON\n")
        report = json_of(IndexReport, prepared_home.home, "index", str(folder))
        assert (report.sessions, report.new) == (1, 1)
        assert [Path(failure.path).name for failure in report.failed] == ["dangling.jsonl"]
        assert "No such file" in report.failed[0].reason
        assert [Path(skipped.path).name for skipped in report.skipped] == ["notes.jsonl"]
        printed = text_of(prepared_home.home, "index", str(folder))
        assert "1 sessions from 2 files: 0 new, 0 changed, 1 unchanged" in printed
        assert "failed: " in printed

    def test_no_transcripts_at_all_is_said_with_a_way_on(
        self, prepared_home: LibraryPaths, tmp_path: Path
    ) -> None:
        assert "name a folder that holds some" in text_of(
            prepared_home.home, "index", str(tmp_path / "library")
        )


def search(library: Path, *words: str) -> SearchOutput:
    return json_of(SearchOutput, library, "search", *words)


class TestSearch:
    def test_a_hit_has_the_fields_of_its_page_and_its_contributions_sum_to_its_score(
        self, library: Path, some_of_demo: tuple[Path, Path]
    ) -> None:
        found = search(library, "deadlock", "between", "transfers")
        assert (found.query, found.degraded) == ("deadlock between transfers", None)
        listed = [name for hit in found.hits for name in (hit.session_id, *hit.like_it)]
        assert 1 < len(found.hits) <= 10
        assert len(listed) == len(set(listed))
        hit = found.hits[0]
        assert hit.__struct_fields__ == (
            *("session_id", "agent", "title", "project", "branch", "started_at", "score", "lenses", "lanes"),
            *("turn", "snippet", "words", "like_it", "source_path"),
        )
        assert (hit.session_id, hit.agent, hit.project) == (DEADLOCK, "claude-code", "tollgate")
        assert (hit.branch, hit.turn) == ("fix/40p01", 0)
        assert hit.started_at is not None
        assert "deadlock" in (hit.snippet or "")
        assert Path(hit.source_path) == some_of_demo[0] / f"{DEADLOCK}.jsonl"
        assert list(hit.lenses) == [*("content", "tool", "path", "error", "code", "words", "late"), "recency"]
        assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)
        for hit in found.hits:
            assert sum(hit.lenses.values()) == pytest.approx(hit.score, abs=1e-9)
            assert sum(hit.lanes.values()) == pytest.approx(hit.score, abs=1e-9)
        assert found.is_close
        assert "deadlock" in {word.lower() for word in found.hits[0].words}

    def test_nonsense_is_answered_by_the_nearest_misses_and_says_so(self, library: Path) -> None:
        found = search(library, "zygote", "photosynthesis", "quaternion")
        assert not found.is_close
        printed = text_of(library, "search", "zygote", "photosynthesis", "quaternion")
        assert printed.startswith("Nothing close was found. The nearest misses:")

    def test_weights_move_what_the_lenses_give(self, library: Path) -> None:
        plain = search(library, "deadlock").hits[0].lenses
        weighed = search(library, "deadlock", "--lens", "error=2", "--lens", "words=0").hits[0].lenses
        assert weighed["words"] == 0 < plain["words"]
        assert weighed["error"] > plain["error"]

    def test_limit_agent_and_project_narrow(self, library: Path) -> None:
        assert len(search(library, "deadlock", "--limit", "2").hits) == 2
        codex = search(library, "deadlock", "--agent", "codex").hits
        assert {hit.agent for hit in codex} == {"codex"}
        projects = search(library, "test", "--project", "hearth", "--project", "ferry").hits
        assert {hit.project for hit in projects} == {"hearth", "ferry"}

    def test_words_that_say_nothing_find_nothing(self, library: Path) -> None:
        assert search(library, "...").hits == ()
        assert text_of(library, "search", "") == "Nothing found for “”.\n"

    def test_people_read_where_and_why(self, library: Path) -> None:
        printed = text_of(library, "search", "deadlock", "--limit", "1")
        for part in ("Postgres deadlock between transfers", "tollgate · claude-code", DEADLOCK, "words 0."):
            assert part in printed


class TestReplay:
    def test_a_beginning_of_the_id_names_it_and_every_turn_is_there(self, library: Path) -> None:
        replayed = json_of(ReplayOutput, library, "replay", DEADLOCK[:6])
        assert replayed.__struct_fields__ == ("session", "origin", "turns")
        assert (replayed.session.session_id, replayed.origin) == (DEADLOCK, "source")
        assert [turn.index for turn in replayed.turns] == list(range(replayed.session.turn_count))
        turn = next(turn for turn in replayed.turns if turn.tool_calls)
        assert turn.__struct_fields__ == ("index", "role", "kind", "text", "time", "tool_calls")
        call = turn.tool_calls[0]
        assert call.__struct_fields__ == ("id", "name", "input", "result", "is_error")
        assert call.name == "mcp__postgres__query"
        assert call.input == {
            "sql": "select count(*), min(at), statement from pg_deadlocks group by statement"
        }
        assert call.result is not None
        assert call.result.startswith("count | first_seen | statement")
        errors = [call for turn in replayed.turns for call in turn.tool_calls if call.is_error]
        assert len(errors) == replayed.session.error_count == 1

    def test_one_turn_alone(self, library: Path) -> None:
        whole = json_of(ReplayOutput, library, "replay", DEADLOCK)
        assert json_of(ReplayOutput, library, "replay", DEADLOCK, "--turn", "4").turns == whole.turns[4:5]

    def test_people_read_what_was_said_and_run(self, library: Path) -> None:
        printed = text_of(library, "replay", DEADLOCK, "--turn", "1")
        for part in (
            "[1] assistant · reply",
            "▸ mcp__postgres__query",
            "  sql: select count(*)",
            "count | first_seen",
        ):
            assert part in printed

    def test_a_transcript_cannot_command_the_terminal(
        self, prepared_home: LibraryPaths, tmp_path: Path
    ) -> None:
        folder = tmp_path / "transcripts"
        TranscriptFile(folder, session_id(1)).run(
            "make", "\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07 \u202egnp.exe"
        )
        text_of(prepared_home.home, "index", str(folder))
        printed = text_of(prepared_home.home, "replay", session_id(1))
        assert "red " in printed
        assert not {"\x1b", "\x07", "\u202e"} & set(printed)

    def test_the_copy_is_replayed_when_the_transcript_is_gone(
        self, prepared_home: LibraryPaths, tmp_path: Path
    ) -> None:
        transcript = TranscriptFile(tmp_path / "transcripts", session_id(1)).prompt("Keep this")
        text_of(prepared_home.home, "index", str(transcript.path))
        transcript.path.unlink()
        replayed = json_of(ReplayOutput, prepared_home.home, "replay", session_id(1))
        assert (replayed.origin, replayed.turns[0].text) == ("archived copy", "Keep this")


class TestSessionsAndStatus:
    def test_sessions_are_listed_newest_first(self, library: Path) -> None:
        found = json_of(SessionsOutput, library, "sessions")
        assert found.total == len(found.sessions) == SESSIONS - SUBAGENTS
        ended = [session.ended_at for session in found.sessions if session.ended_at]
        assert ended == sorted(ended, reverse=True)
        first = json_of(SessionsOutput, library, "sessions", "--limit", "1")
        assert (first.total, first.sessions) == (found.total, found.sessions[:1])
        codex = json_of(SessionsOutput, library, "sessions", "--agent", "codex", "--project", "hearth")
        assert [session.title for session in codex.sessions] == [
            "Linker: region FLASH overflowed by 1824 bytes"
        ]
        lines = text_of(library, "sessions").splitlines()
        assert len(lines) == found.total
        assert lines[0].startswith(f"2026-11-16  {DEADLOCK[:13]}  tollgate")

    def test_an_empty_library_says_how_to_fill_it(self, prepared_home: LibraryPaths) -> None:
        assert "`memex index`" in text_of(prepared_home.home, "sessions")

    def test_status_counts_what_there_is(self, library: Path) -> None:
        status = json_of(LibraryStatus, library, "status")
        assert status.home == str(library)
        assert (status.files, status.sessions, status.with_vectors, status.indexed) == (SESSIONS,) * 4
        assert (status.waiting, status.texts_waiting, status.failed, status.job) == (0, 0, (), None)
        assert "12 with vectors, 12 in the index, 0 waiting" in text_of(library, "status")


def test_a_model_that_is_there_is_not_fetched(prepared_home: LibraryPaths) -> None:
    status = json_of(LibraryStatus, prepared_home.home, "fetch-model", "--yes")
    assert (status.degraded, status.model_missing) == (None, False)


def test_the_environment_names_the_home_and_the_option_outweighs_it(
    library: Path, prepared_home: LibraryPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMEX_HOME", str(library))
    assert json_of(LibraryStatus, None, "status").home == str(library)
    assert json_of(LibraryStatus, prepared_home.home, "status").sessions == 0


def test_a_running_engine_answers_a_command(prepared_home: LibraryPaths, tmp_path: Path) -> None:
    """It holds the library, so that the command could not open it."""
    TranscriptFile(tmp_path / "transcripts", session_id(1)).prompt("The linker is missing")
    engine = attach_or_start(prepared_home)
    try:
        report = json_of(IndexReport, prepared_home.home, "index", str(tmp_path / "transcripts"))
        assert report.new == 1
        assert [hit.session_id for hit in search(prepared_home.home, "linker").hits] == [session_id(1)]
    finally:
        engine.close()


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in (folder, *folder.rglob("*"))
    }


def test_nothing_is_written_but_below_the_librarys_home(
    prepared_home: LibraryPaths, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor by a library that we use: onnxruntime left a device id in the cache, and sent reports."""
    monkeypatch.delenv("CI", raising=False)  # where onnxruntime behaves
    transcripts = tmp_path / "transcripts"
    TranscriptFile(transcripts, session_id(1)).prompt("The linker is missing").run("make", "ld: error")
    watched = (transcripts, home)
    before = [contents(folder) for folder in watched]
    text_of(prepared_home.home, "index", str(transcripts))
    text_of(prepared_home.home, "search", "linker")
    text_of(prepared_home.home, "replay", session_id(1))
    text_of(prepared_home.home, "sessions")
    text_of(prepared_home.home, "status")
    assert [contents(folder) for folder in watched] == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["library", "transcripts"]


class TestQueryLanguage:
    def test_conditions_stand_in_the_query_of_both_verbs(self, library: Path) -> None:
        text = "agent:codex project:hearth"
        listed = json_of(SessionsOutput, library, "sessions", text, "--order", "oldest")
        assert [session.project for session in listed.sessions] == ["hearth"]
        assert {hit.project for hit in search(library, f"linker {text}").hits} == {"hearth"}

    def test_what_is_doubtful_is_told_beside_the_answer(self, library: Path) -> None:
        done = run(library, "sessions", "is:done", "--json")
        assert done.stderr == "memex: “is:” knows resolved, unresolved and live.\n"
        (problem,) = decoded(SessionsOutput, done.stdout).problems
        assert (done.returncode, problem.start, problem.end) == (0, 0, len("is:done"))

    def test_where_nothing_is_found_it_says_what_would_help(self, library: Path) -> None:
        asked = "flash agent:codex project:none"
        (helping,) = search(library, asked).relaxations
        assert (helping.dropped, helping.query) == ("project:none", "flash agent:codex")
        assert f"Without project:none: {helping.count}" in text_of(library, "search", asked)

    def test_a_sessions_id_finds_that_session_first(self, library: Path) -> None:
        assert search(library, DEADLOCK[:13]).hits[0].session_id == DEADLOCK
