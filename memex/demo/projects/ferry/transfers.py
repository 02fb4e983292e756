"""A dry run, and how resuming works."""

from memex.demo.script import ask, claude, edit, glob, grep, prompt, read, say, shell, todo, together, write

DRY_RUN = claude(
    "dry-run",
    "Add --dry-run with a table of planned copies",
    44,
    "10:11",
    prompt(
        """
        add a --dry-run flag: print what would be copied, skipped, deleted, as a table with sizes, touch
        nothing. must be scriptable too
        """
    ),
    together(glob("src/*.rs"), read("src/cli.rs"), read("src/plan.rs")),
    ask(
        "How should scripts read the plan?",
        "--format json, one object a line",
        "Tab-separated when stdout is not a terminal",
        answer="--format json, one object a line",
    ),
    todo("Add the flags", "Print the table", "Print JSON lines", "Test that nothing is written"),
    edit(
        "src/cli.rs",
        """
        /// Worker threads
        #[arg(long, default_value_t = 4)]
        pub jobs: usize,
        """,
        """
        /// Worker threads
        #[arg(long, default_value_t = 4)]
        pub jobs: usize,

        /// Say what would be done, and do nothing
        #[arg(long)]
        pub dry_run: bool,

        /// How a dry run prints its plan
        #[arg(long, value_enum, default_value_t = Format::Table, requires = "dry_run")]
        pub format: Format,
        """,
    ),
    edit(
        "src/cli.rs",
        """
        #[derive(clap::Parser)]
        """,
        """
        #[derive(Clone, Copy, clap::ValueEnum)]
        pub enum Format {
            Table,
            Json,
        }

        #[derive(clap::Parser)]
        """,
    ),
    write(
        "src/report.rs",
        """
        //! Prints a plan without carrying it out.
        use crate::plan::{Action, Step};
        use std::io::{self, Write};

        pub fn table(steps: &[Step], mut out: impl Write) -> io::Result<()> {
            for step in steps {
                let mark = match step.action {
                    Action::Copy => "copy",
                    Action::Skip => "skip",
                    Action::Delete => "delete",
                };
                writeln!(out, "{mark:<7} {:>10}  {}", step.bytes, step.path.display())?;
            }
            Ok(())
        }

        pub fn json(steps: &[Step], mut out: impl Write) -> io::Result<()> {
            for step in steps {
                serde_json::to_writer(&mut out, step)?;
                writeln!(out)?;
            }
            Ok(())
        }
        """,
    ),
    shell(
        "cargo test -q 2>&1 | tail -n 12",
        """
        error[E0277]: the trait bound `Step: Serialize` is not satisfied
          --> src/report.rs:20:38
           |
        20 |         serde_json::to_writer(&mut out, step)?;
           |         ---------------------           ^^^^ the trait `Serialize` is not implemented for `Step`
        error: could not compile `ferry` (lib) due to 1 previous error
        """,
        exit=101,
        about="Run the tests",
        seconds=9,
    ),
    edit(
        "src/plan.rs",
        "#[derive(Debug)]\npub struct Step {",
        "#[derive(Debug, serde::Serialize)]\npub struct Step {",
    ),
    shell(
        "cargo test -q 2>&1 | tail -n 4 && target/debug/ferry --dry-run fixtures/tree /tmp/x | head -n 4",
        """
        test result: ok. 41 passed; 0 failed; 0 ignored; finished in 1.84s

        copy          8112  docs/manual.pdf
        copy        120931  photos/2023/harbour.jpg
        skip             0  photos/index.db
        delete        4096  tmp/cache.bin
        """,
        about="Tests, then a dry run on the fixtures",
        seconds=12,
    ),
    todo("Add the flags", "Print the table", "Print JSON lines", "Test that nothing is written", done=3),
    prompt("sizes should be human readable in the table (12.4 MiB), raw bytes in json", after=2),
    edit(
        "src/report.rs",
        'writeln!(out, "{mark:<7} {:>10}  {}", step.bytes, step.path.display())?;',
        'writeln!(out, "{mark:<7} {:>10}  {}", human_bytes(step.bytes), step.path.display())?;',
    ),
    shell(
        "cargo test -q 2>&1 | tail -n 2",
        "test result: ok. 43 passed; 0 failed; finished in 1.90s",
        seconds=11,
    ),
    todo("Add the flags", "Print the table", "Print JSON lines", "Test that nothing is written", done=4),
    say(
        """
        Done: `ferry --dry-run` prints a table with readable sizes, `--format json` one object a line with
        raw bytes.
        """
    ),
    branch="feat/dry-run",
    files={
        "src/cli.rs": """
            use std::path::PathBuf;

            #[derive(clap::Parser)]
            pub struct Cli {
                pub source: PathBuf,
                pub target: PathBuf,

                /// Worker threads
                #[arg(long, default_value_t = 4)]
                pub jobs: usize,
            }
            """,
        "src/plan.rs": """
            #[derive(Debug)]
            pub struct Step {
                pub action: Action,
                pub bytes: u64,
                pub path: std::path::PathBuf,
            }
            """,
    },
)

RESUME_EXPLAINED = claude(
    "resume-explained",
    "How interrupted transfers resume",
    82,
    "16:48",
    prompt(
        """
        I'm new to this code base. explain how resume works after ctrl-c or a dropped ssh connection: what
        is written where, when is it trusted, what happens if the source file changed in between? don't
        change anything
        """
    ),
    together(grep("journal|resume", "src/"), read("src/journal.rs")),
    say(
        """
        Resuming rests on one file, the **journal** (`.ferry-journal` in the target folder). In short:

        1. **Before** a file is copied, nothing is written. Data goes to `name.part`.
        2. **After every 8 MiB** `Journal::checkpoint` appends a line `path, offset, mtime, blake3 so far`
           and calls `fsync` on the part file first, on the journal second (`src/journal.rs:11`). So a
           journal line never promises bytes that are not on disk.
        3. **On start**, `Journal::resume_point` takes the last line of each path and trusts it only if
           the source still has the same size and mtime, *and* the hash of the part file's first `offset`
           bytes agrees.
        4. If the source changed, the part file is thrown away and the file is copied from the start.

        A torn last line (power loss) does not parse and is ignored: you lose 8 MiB of progress at most.
        """
    ),
    prompt("why hash the part file again on resume, isn't that slow for a 400GB vm image?", after=5),
    read("src/journal.rs", 19, 30),
    say(
        """
        It reads at disk speed, about four minutes for 400 GB on NVMe, against hours to copy again. And
        the mtime of `name.part` proves nothing: another tool may have truncated or rewritten it. There is
        `--trust-journal` (line 25) to skip the hash when you know that nobody touched the target.
        """
    ),
    prompt("got it, thanks. last one: two ferry processes on the same target?", after=3),
    say(
        """
        The journal is opened with an exclusive `flock`; the second process ends with "another transfer is
        writing to this folder". The lock goes away with the process, so a crash leaves nothing to clean
        up.
        """
    ),
    files={
        "src/journal.rs": """
            //! What has safely arrived, line by line.
            use std::fs::File;

            pub struct Journal {
                file: File, // locked exclusively while a transfer runs
            }

            impl Journal {
                /// Part file first, journal second: a line never promises bytes that are not on disk.
                pub fn checkpoint(&mut self, part: &File, entry: &Entry) -> std::io::Result<()> {
                    part.sync_data()?;
                    self.append(entry)?;
                    self.file.sync_data()
                }

                /// The offset to resume from; 0 when the source changed or the part file is not what it was.
                pub fn resume_point(&self, path: &Path, source: &Metadata) -> u64 {
                    let Some(entry) = self.last(path) else { return 0 };
                    if entry.mtime != source.mtime() || entry.size != source.len() {
                        return 0;
                    }
                    // --trust-journal
                    if self.trust || entry.hash == hash_of_prefix(path, entry.offset) {
                        return entry.offset;
                    }
                    0
                }
            }
            """,
    },
)
