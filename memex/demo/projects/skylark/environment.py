"""Settings, and an installation that wants a compiler."""

from memex.demo.script import claude, codex, edit, prompt, read, say, shell, write

CONFIG = claude(
    "config",
    None,
    88,
    "09:15",
    prompt(
        """
        replace the 23 argparse flags in train.py by one frozen dataclass read from toml, unknown keys are
        an error
        """
    ),
    read("skylark/cli.py"),
    write(
        "skylark/config.py",
        """
        import tomllib
        from dataclasses import dataclass, fields
        from pathlib import Path


        @dataclass(frozen=True, slots=True)
        class Config:
            data: Path
            epochs: int = 30
            batch_size: int = 64
            learning_rate: float = 3e-4
            seed: int = 0

            @classmethod
            def load(cls, path: Path) -> "Config":
                given = tomllib.loads(path.read_text("utf-8"))
                if unknown := given.keys() - {field.name for field in fields(cls)}:
                    raise SystemExit(f"{path}: unknown settings: {', '.join(sorted(unknown))}")
                return cls(**given | {"data": Path(given["data"])})
        """,
    ),
    edit(
        "skylark/cli.py",
        """
        parser.add_argument("--epochs", type=int, default=30)
        parser.add_argument("--batch-size", type=int, default=64)
        parser.add_argument("--lr", type=float, default=3e-4)
        """,
        """
        parser.add_argument("config", type=Path)
        """,
    ),
    shell(
        "python -m skylark.train configs/base.toml --help >/dev/null && pytest -q",
        "38 passed in 6.41s",
        about="Start it and run the tests",
        seconds=9,
    ),
    say("One frozen `Config`, read from TOML; a key that is misspelt stops the run with its name."),
    branch="chore/config",
    files={
        "skylark/cli.py": """
            import argparse
            from pathlib import Path

            parser = argparse.ArgumentParser()
            parser.add_argument("--epochs", type=int, default=30)
            parser.add_argument("--batch-size", type=int, default=64)
            parser.add_argument("--lr", type=float, default=3e-4)
            """,
    },
)

LINKER_FOR_WHEEL = codex(
    "linker-for-wheel",
    "pip wants a linker on the training box",
    15,
    "12:44",
    prompt(
        """
        pip install -r requirements.txt on the training box: "error: linker `cc` not found". I have no
        root there and it's python, why does it need a linker at all??
        """
    ),
    shell(
        "python -V && pip install -r requirements.txt 2>&1 | tail -n 12",
        """
        Python 3.14.0
          Building wheel for rustyflac (pyproject.toml): started
          error: subprocess-exited-with-error
          × Building wheel for rustyflac (pyproject.toml) did not run successfully.
          │ exit code: 1
          ╰─> Compiling rustyflac v0.4.1
              error: linker `cc` not found
                = note: No such file or directory (os error 2)
              error: could not compile `rustyflac` (lib) due to 1 previous error
          💥 maturin failed
        error: failed-wheel-build-for-install
        """,
        exit=1,
        seconds=33,
    ),
    say(
        """
        pip compiles `rustyflac` from source because there is no wheel for this Python. So the missing
        linker is only the symptom; on your laptop there is a wheel. I’ll check which versions have one.
        """
    ),
    shell(
        "pip index versions rustyflac 2>/dev/null | head -n 1; pip download rustyflac==0.4.1 --no-deps "
        "--only-binary :all: --python-version 3.13 -d /tmp/w 2>&1 | tail -n 1; ls ~/.local/share/uv/python",
        """
        rustyflac (0.4.1)
        Successfully downloaded rustyflac
        cpython-3.12.7-linux-x86_64-gnu
        cpython-3.13.1-linux-x86_64-gnu
        """,
        seconds=4,
    ),
    say("There are wheels up to 3.13, and 3.13.1 is installed for your user already. No compiler needed."),
    edit("pyproject.toml", 'requires-python = ">=3.11"', 'requires-python = ">=3.11,<3.14"'),
    shell(
        "uv venv --python 3.13 --clear .venv && uv pip install -r requirements.txt 2>&1 | tail -n 1",
        "Installed 61 packages in 412ms",
        seconds=5,
    ),
    say("Installed without compiling. `requires-python` now says `<3.14`, so pip explains itself next time."),
    files={
        "pyproject.toml": """
            [project]
            name = "skylark"
            requires-python = ">=3.11"
            """,
    },
)
