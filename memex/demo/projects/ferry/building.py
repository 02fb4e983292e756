"""Linkers: one that is missing in a slim image, one that is for the wrong machine."""

from memex.demo.script import claude, codex, edit, fetch, grep, prompt, read, say, shell, think, todo, write

LINKER_IN_CI = claude(
    "linker-in-ci",
    "Fix missing linker in the slim CI image",
    3,
    "08:42",
    prompt(
        """
        CI went red after I switched the builder to debian:bookworm-slim. Says linker `cc` not found, but the
        very same Dockerfile builds fine on my laptop (podman). can you have a look? job log is in ci.log
        """
    ),
    say("I'll start with the log and the Dockerfile that the job builds."),
    shell(
        "tail -n 14 ci.log",
        """
        #11 [builder 5/6] RUN cargo build --release --locked
        #11 0.412    Compiling proc-macro2 v1.0.92
        #11 0.413    Compiling unicode-ident v1.0.14
        #11 0.414    Compiling libc v0.2.169
        #11 0.655 \x1b[1m\x1b[38;5;9merror\x1b[0m: linker `cc` not found
        #11 0.655   |
        #11 0.655   = note: No such file or directory (os error 2)
        #11 0.655
        #11 0.656 \x1b[1m\x1b[38;5;9merror\x1b[0m: could not compile `libc` (build script) due to 1 error
        #11 0.700 warning: build failed, waiting for other jobs to finish...
        #11 ERROR: process "/bin/sh -c cargo build --release --locked" did not complete successfully: 101
        """,
        about="Show the end of the CI log",
    ),
    read("Dockerfile"),
    think(
        """
        rustup installs rustc and cargo but no C toolchain. rust:1.83 (the old base) ships gcc;
        bookworm-slim does not. Build scripts need a linker even for pure-Rust crates. On the laptop it
        probably hits a cached layer.
        """
    ),
    say(
        """
        The toolchain is installed by `rustup` with the minimal profile, and that brings no C compiler.
        rustc calls `cc` as its linker, so even the first build script cannot be linked. The old
        `rust:1.83` image had gcc in it, `bookworm-slim` has not. Let me prove that before I touch
        anything.
        """
    ),
    shell(
        "podman build --no-cache --target builder -t ferry-ci . 2>&1 | tail -n 5",
        """
        \x1b[31merror\x1b[0m: linker `cc` not found
          |
          = note: No such file or directory (os error 2)

        Error: building at STEP "RUN cargo build --release --locked": exit status 101
        """,
        exit=101,
        about="Rebuild the builder stage without the cache",
        seconds=48,
    ),
    say(
        """
        Reproduced: your laptop only looked healthy because the layer was cached. Adding gcc and the libc
        headers.
        """
    ),
    edit(
        "Dockerfile",
        """
        RUN apt-get update && apt-get install -y --no-install-recommends \\
                ca-certificates curl \\
        """,
        """
        # rustc links with `cc`, and the slim image has none
        RUN apt-get update && apt-get install -y --no-install-recommends \\
                ca-certificates curl gcc libc6-dev \\
        """,
    ),
    shell(
        "podman build --no-cache --target builder -t ferry-ci . 2>&1 | tail -n 4",
        """
        \x1b[32m    Finished\x1b[0m `release` profile [optimized] target(s) in 1m 52s
        COMMIT ferry-ci
        Successfully tagged localhost/ferry-ci:latest
        """,
        about="Build again",
        seconds=131,
    ),
    say(
        """
        The builder stage builds from nothing now. Two packages were missing, `gcc` and `libc6-dev` (35
        MB, and only in the builder stage, so the final image does not grow).
        """
    ),
    prompt("nice. why not build-essential? that's what everyone on stackoverflow says", after=2),
    say(
        """
        `build-essential` works too, but it pulls in g++, make and dpkg-dev, about 240 MB more. ferry has
        no C++ in its dependency tree and nothing calls make, so `gcc libc6-dev` is the smallest set that
        links. If a crate with a `cmake` build script ever comes in, you will see `is cmake not
        installed?` and can add it then.
        """
    ),
    prompt("ok commit it on this branch", after=1),
    shell(
        "git commit -qam 'ci: install a linker in the slim builder image' && git log --oneline -1",
        "7c1fe02 ci: install a linker in the slim builder image",
        about="Commit",
    ),
    say("Committed as `7c1fe02`."),
    branch="ci/slim-image",
    files={
        "Dockerfile": """
            FROM debian:bookworm-slim AS builder
            ENV CARGO_HOME=/opt/cargo PATH=/opt/cargo/bin:$PATH
            RUN apt-get update && apt-get install -y --no-install-recommends \\
                    ca-certificates curl \\
                && rm -rf /var/lib/apt/lists/*
            RUN curl -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal --default-toolchain 1.83
            COPY . /src
            WORKDIR /src
            RUN cargo build --release --locked

            FROM debian:bookworm-slim
            COPY --from=builder /src/target/release/ferry /usr/local/bin/ferry
            ENTRYPOINT ["ferry"]
            """,
    },
)

CROSS_COMPILE = codex(
    "cross-compile",
    "Cross-compile ferry for aarch64",
    61,
    "15:20",
    prompt(
        """
        we need an aarch64 linux binary for the NAS boxes. cargo build --target aarch64-unknown-linux-gnu
        fails at the very end. make it work and add it to the release workflow
        """
    ),
    say("I’ll reproduce the failure first, then look at how the release workflow is laid out."),
    shell(
        "rustup target add aarch64-unknown-linux-gnu && "
        "cargo build --release --target aarch64-unknown-linux-gnu",
        """
        info: component 'rust-std' for target 'aarch64-unknown-linux-gnu' is up to date
           Compiling ferry v0.6.2 (/home/robin/work/ferry)
        error: linking with `cc` failed: exit status: 1
          |
          = note: /usr/bin/ld: ferry.ferry.6c2a.rcgu.o: Relocations in generic ELF (EM: 183)
                  /usr/bin/ld: ferry.ferry.6c2a.rcgu.o: error adding symbols: file in wrong format
                  collect2: error: ld returned 1 exit status
        error: could not compile `ferry` (bin "ferry") due to 1 previous error
        """,
        exit=101,
        seconds=74,
    ),
    say(
        """
        The objects are aarch64 (EM 183), but cargo links them with the host’s `cc`. It needs a cross
        linker.
        """
    ),
    todo(
        "Install a cross linker",
        "Tell cargo to use it",
        "Add the target to release.yml",
        "Run the binary",
        done=0,
    ),
    shell(
        "sudo apt-get install -y gcc-aarch64-linux-gnu qemu-user-static 2>&1 | tail -n 2",
        """
        Setting up gcc-aarch64-linux-gnu (4:12.2.0-3) ...
        Setting up qemu-user-static (1:7.2+dfsg-7+deb12u7) ...
        """,
        seconds=22,
    ),
    write(
        ".cargo/config.toml",
        """
        [target.aarch64-unknown-linux-gnu]
        linker = "aarch64-linux-gnu-gcc"
        runner = "qemu-aarch64-static -L /usr/aarch64-linux-gnu"
        """,
    ),
    shell(
        "cargo build --release --target aarch64-unknown-linux-gnu && "
        "qemu-aarch64-static -L /usr/aarch64-linux-gnu "
        "target/aarch64-unknown-linux-gnu/release/ferry --version",
        """
            Finished `release` profile [optimized] target(s) in 1m 18s
        ferry 0.6.2
        """,
        seconds=79,
    ),
    read(".github/workflows/release.yml"),
    edit(
        ".github/workflows/release.yml",
        """
        target: [x86_64-unknown-linux-gnu]
        """,
        """
        target: [x86_64-unknown-linux-gnu, aarch64-unknown-linux-gnu]
        """,
    ),
    edit(
        ".github/workflows/release.yml",
        """
        - run: rustup target add ${{ matrix.target }}
        """,
        """
        - run: rustup target add ${{ matrix.target }}
        - if: startsWith(matrix.target, 'aarch64')
          run: sudo apt-get update && sudo apt-get install -y gcc-aarch64-linux-gnu
        """,
    ),
    todo(
        "Install a cross linker",
        "Tell cargo to use it",
        "Add the target to release.yml",
        "Run the binary",
        done=4,
    ),
    say(
        """
        `ferry` now builds for `aarch64-unknown-linux-gnu` and starts under qemu. `.cargo/config.toml`
        names the cross linker, and the release matrix has the second target with its own install step.
        glibc on the NAS must be 2.36 or newer; if it is older, the musl target is the way.
        """
    ),
    prompt("which glibc does Synology DSM 7.2 have? does it work there", after=4),
    fetch(
        "https://kb.example-nas.org/dsm-7.2/toolchain",
        "Which glibc version does DSM 7.2 ship?",
        "DSM 7.2 ships glibc 2.36.",
    ),
    grep("edition|rust-version", "Cargo.toml"),
    say(
        """
        The vendor’s toolchain page says 2.36 for DSM 7.2, so this binary starts there. DSM 7.1 (2.26)
        would not do.
        """
    ),
    files={
        "Cargo.toml": """
            [package]
            name = "ferry"
            version = "0.6.2"
            edition = "2021"
            rust-version = "1.80"
            """,
        ".github/workflows/release.yml": """
            name: release
            on: { push: { tags: ["v*"] } }
            jobs:
              build:
                runs-on: ubuntu-24.04
                strategy:
                  matrix:
                    target: [x86_64-unknown-linux-gnu]
                steps:
                  - uses: actions/checkout@v4
                  - run: rustup target add ${{ matrix.target }}
                  - run: cargo build --release --locked --target ${{ matrix.target }}
            """,
    },
)
