"""A transfer that hangs in one run of thirty."""

from memex.demo.script import claude, edit, grep, prompt, read, say, shell, subagent, think, together, write

QUEUE = """
    use std::collections::VecDeque;
    use std::sync::{Arc, Condvar, Mutex};

    pub struct Queue {
        jobs: Mutex<VecDeque<Job>>,
        ready: Condvar,
        stats: Arc<Mutex<Stats>>,
    }

    impl Queue {
        pub fn take(&self) -> Option<Job> {
            let mut jobs = self.jobs.lock().unwrap();
            while jobs.is_empty() {
                let stats = self.stats.lock().unwrap();
                if stats.finished {
                    return None;
                }
                jobs = self.ready.wait(jobs).unwrap();
            }
            jobs.pop_front()
        }

        pub fn finish(&self, job: &Job) {
            let mut stats = self.stats.lock().unwrap();
            stats.bytes += job.bytes;
            if job.retry {
                self.jobs.lock().unwrap().push_back(job.again());
            }
            self.ready.notify_one();
        }
    }
    """

DEADLOCK = claude(
    "deadlock",
    "Deadlock between job queue and stats lock",
    19,
    "13:05",
    prompt(
        """
        ferry hangs maybe 1 in 30 runs with --jobs 8, always near the end, 0% cpu. I attached gdb to a
        hung one, backtrace is in hang.txt. I suspect the new retry code. Find the deadlock.
        """
    ),
    together(
        shell(
            "grep -A6 '^Thread' hang.txt | head -n 40",
            """
        Thread 5 (LWP 41210 "ferry-worker-3"):
        #0  futex_wait () at futex.c:52
        #1  std::sys::sync::mutex::futex::Mutex::lock_contended
        #2  ferry::queue::Queue::take () at src/queue.rs:14
        #3  ferry::worker::run () at src/worker.rs:38
        --
        Thread 2 (LWP 41207 "ferry-worker-0"):
        #0  futex_wait () at futex.c:52
        #1  std::sys::sync::mutex::futex::Mutex::lock_contended
        #2  ferry::queue::Queue::finish () at src/queue.rs:27
        #3  ferry::worker::run () at src/worker.rs:51
        """,
            about="Where the threads wait",
        ),
        read("src/queue.rs"),
    ),
    think(
        """
        take(): jobs then stats, and `stats` guard lives through ready.wait(jobs)!! wait releases jobs but
        not stats. finish(): stats then jobs. Classic lock order inversion plus a guard held across a
        condvar wait. Is there any other place which takes both? Let an explorer check all lock sites.
        """
    ),
    say(
        """
        Two threads hold one lock each and want the other's. Before I fix the order I want every place
        that locks.
        """
    ),
    subagent(
        "Explore",
        "List all lock sites",
        "List every place in src/ that locks `jobs` or `stats` of Queue, in which order, and what else runs "
        "while a guard is alive. Report paths with lines.",
        together(grep(r"\.lock\(\)", "src/"), grep("Condvar|notify", "src/")),
        read("src/worker.rs"),
        say(
            """
            Lock sites of `Queue`:

            1. `src/queue.rs:12` take(): `jobs`, then at line 14 `stats` inside the loop. The `stats`
               guard is alive during `ready.wait(jobs)` (line 18): it is dropped only at the end of the
               loop body.
            2. `src/queue.rs:24` finish(): `stats`, then at line 27 `jobs` when the job is retried.
            3. `src/worker.rs:9` reads `stats` alone, for the progress line.

            The order jobs → stats (1) against stats → jobs (2) can deadlock; 3 is harmless.
            """
        ),
    ),
    say(
        """
        Confirmed, and there is a second bug in the same lines: `take` keeps the `stats` guard while it
        sleeps in `ready.wait(jobs)`, so one sleeping worker is enough to stop all the others in `finish`.

        The smallest right fix is one lock for what changes together: `finished` belongs to the queue, not
        to the statistics, and `finish` must let go of `stats` before it takes `jobs`.
        """
    ),
    edit(
        "src/queue.rs",
        """
        let stats = self.stats.lock().unwrap();
        if stats.finished {
            return None;
        }
        """,
        """
        if self.finished.load(Ordering::Acquire) {
            return None;
        }
        """,
    ),
    edit(
        "src/queue.rs",
        """
        let mut stats = self.stats.lock().unwrap();
        stats.bytes += job.bytes;
        if job.retry {
        """,
        """
        self.stats.lock().unwrap().bytes += job.bytes; // released here: never hold it when taking `jobs`
        if job.retry {
        """,
    ),
    edit(
        "src/queue.rs",
        """
        stats: Arc<Mutex<Stats>>,
        """,
        """
        finished: AtomicBool,
        stats: Arc<Mutex<Stats>>,
        """,
    ),
    shell(
        "cargo test -q queue",
        """
        \x1b[1m\x1b[91merror[E0433]\x1b[0m\x1b[1m: failed to resolve: use of undeclared type `Ordering`\x1b[0m
          \x1b[94m-->\x1b[0m src/queue.rs:15:40
           |
        15 |             if self.finished.load(Ordering::Acquire) {
           |                                   ^^^^^^^^ use of undeclared type `Ordering`
        error: could not compile `ferry` (lib test) due to 2 previous errors
        """,
        exit=101,
        about="Run the queue tests",
        seconds=6,
    ),
    edit(
        "src/queue.rs",
        "use std::sync::{Arc, Condvar, Mutex};",
        """
        use std::sync::atomic::{AtomicBool, Ordering};
        use std::sync::{Arc, Condvar, Mutex};
        """,
    ),
    shell(
        "cargo test -q queue && for i in $(seq 200); do timeout 20 target/debug/ferry -q --jobs 8 "
        "fixtures/tree /tmp/out || echo hung $i; done; echo done",
        """
        running 7 tests
        .......
        test result: \x1b[32mok\x1b[0m. 7 passed; 0 failed; 0 ignored; finished in 0.31s

        done
        """,
        about="Tests, then 200 transfers with 8 jobs",
        seconds=188,
    ),
    say(
        """
        200 runs with 8 jobs and no hang; before, it hung about once in 30. The lock order is now `jobs`
        alone.
        """
    ),
    prompt(
        "great find. add a regression test that would have caught it, loom if that is not overkill", after=6
    ),
    say(
        """
        A loom model of two workers is small enough. I'll put it behind `cfg(loom)` so that normal builds
        don't see it.
        """
    ),
    write(
        "tests/loom_queue.rs",
        """
        #![cfg(loom)]
        use loom::thread;

        #[test]
        fn a_retry_never_deadlocks_with_a_take() {
            loom::model(|| {
                let queue = ferry::queue::Queue::with_jobs(2);
                let other = queue.clone();
                let worker = thread::spawn(move || while let Some(job) = other.take() { other.finish(&job) });
                while let Some(job) = queue.take() {
                    queue.finish(&job);
                }
                worker.join().unwrap();
            });
        }
        """,
    ),
    shell(
        "RUSTFLAGS='--cfg loom' cargo test -q --release --test loom_queue",
        "running 1 test\n.\ntest result: ok. 1 passed; 0 failed; finished in 4.02s",
        about="Run the loom model",
        seconds=31,
    ),
    say(
        """
        The model explores all interleavings in 4 s. With the old `queue.rs` it reports the deadlock at
        once.
        """
    ),
    branch="fix/hang",
    files={
        "src/queue.rs": QUEUE,
        "src/worker.rs": """
            use crate::queue::Queue;

            pub fn run(queue: &Queue) {
                while let Some(job) = queue.take() {
                    job.copy();
                    queue.finish(&job);
                }
                // progress line
                let bytes = queue.stats.lock().unwrap().bytes;
                log::debug!("worker done after {bytes} bytes");
            }
            """,
    },
)
