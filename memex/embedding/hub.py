"""Fetches a model's files from the Hugging Face hub, once the user has agreed to it."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from memex.core.errors import ModelError

Fetch = Callable[[str, str, str, Path, Callable[[int], None]], None]
"""(model name, revision, file name, folder to put it in, called with the bytes of each step)."""


def fetch_from_hub(
    model: str,
    revision: str,
    file: str,
    folder: Path,
    advance: Callable[[int], None],
    endpoint: str | None = None,
) -> None:
    """Resumes what an earlier try left in `folder`."""
    from huggingface_hub import hf_hub_download  # slow to import, and needed on few machines

    hf_hub_download(
        model,
        file,
        revision=revision,
        local_dir=folder,
        endpoint=endpoint,
        token=False,
        tqdm_class=_progress_bar(advance),
    )


@dataclass(frozen=True, slots=True)
class Download:
    """The user's consent, and where progress is told."""

    is_allowed: Callable[[int], bool]
    """Asked with the bytes to fetch, only when no weights are on this machine."""
    on_progress: Callable[[int, int], None]
    """Told the bytes done and the bytes in all."""
    fetch: Fetch = fetch_from_hub

    def fetch_model(
        self,
        model: str,
        revision: str,
        file_bytes: Mapping[str, int],
        target: Path,
        check: Callable[[Path], None],
    ) -> None:
        """`target` appears once all files are there and `check`, which raises `ModelError`, passed them."""
        draft = target.with_name(f"{target.name}.part")
        self._fetch_files(model, revision, file_bytes, draft)
        try:
            check(draft)
        except ModelError:
            shutil.rmtree(draft)  # a later try must not resume from these
            raise
        shutil.rmtree(draft / ".cache", ignore_errors=True)  # the hub client's notes for resuming
        draft.replace(target)

    def _fetch_files(self, model: str, revision: str, file_bytes: Mapping[str, int], draft: Path) -> None:
        done, total = 0, sum(file_bytes.values())

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self.on_progress(done, total)

        try:
            draft.mkdir(parents=True, exist_ok=True)
            for file in file_bytes:
                self.fetch(model, revision, file, draft, advance)
        except Exception as cause:  # the hub client raises OSError, RuntimeError, httpx's own and more
            raise ModelError(
                f"{model} could not be downloaded: check the connection and the room on disk, "
                f"then try again ({cause})."
            ) from cause


def _progress_bar(advance: Callable[[int], None]) -> type:
    """What `hf_hub_download` uses of tqdm, reporting instead of drawing."""

    class ProgressBar:
        def __init__(self, *_: object, initial: int = 0, **__: object) -> None:
            advance(initial)

        def __enter__(self) -> Self:
            return self

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> None:
            pass

        def update(self, count: int = 1) -> None:
            advance(count)

    return ProgressBar
