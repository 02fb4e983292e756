"""Data that dies on the way, and data that leaks."""

from memex.demo.script import (
    claude,
    codex,
    edit,
    fetch,
    grep,
    prompt,
    read,
    say,
    shell,
    think,
    together,
    write,
)

LOADER_KILLED = codex(
    "loader-killed",
    "DataLoader worker killed by bus error",
    71,
    "20:05",
    prompt(
        """
        on the new box training dies after a few batches: DataLoader worker is killed by signal: Bus
        error. in docker
        """
    ),
    shell(
        "docker logs skylark-train 2>&1 | tail -n 5; docker exec skylark-train df -h /dev/shm",
        """
        ERROR: Unexpected bus error encountered in worker. Caused by insufficient shared memory (shm)?
        RuntimeError: DataLoader worker (pid 87) is killed by signal: Bus error.
        Filesystem      Size  Used Avail Use% Mounted on
        shm              64M   64M     0 100% /dev/shm
        """,
        seconds=1,
    ),
    say(
        """
        `/dev/shm` is Docker’s default 64 MB and it is full. Workers pass batches through shared memory: 8
        workers × 2 prefetched batches × 10 MB do not fit.
        """
    ),
    read("compose.yml"),
    edit("compose.yml", "gpus: all", "gpus: all\nshm_size: 8gb"),
    shell(
        "docker compose up -d --force-recreate train && sleep 90 && "
        "docker logs skylark-train 2>&1 | tail -n 2",
        """
        epoch 0 step 400 loss 1.2210 grad_norm 4.02
        epoch 0 step 410 loss 1.2093 grad_norm 3.97
        """,
        seconds=96,
    ),
    say("It runs past step 400 with 8 GB of shared memory. No code changed."),
    prompt("do i need 8? the box has 64 in total and two of us on it", after=7),
    shell(
        "docker exec skylark-train df -h /dev/shm | tail -n 1",
        "shm             8.0G  310M  7.7G   4% /dev/shm",
    ),
    edit("compose.yml", "shm_size: 8gb", "shm_size: 1gb"),
    say("It peaks at 310 MB, so 1 GB is enough; tmpfs takes memory only for what is in it anyway."),
    files={
        "compose.yml": """
            services:
              train:
                image: skylark:cuda12
                gpus: all
                volumes: ["./data:/data:ro"]
            """,
    },
)

GROUPED_SPLIT = claude(
    "grouped-split",
    "Validation leaks recordists: split by group",
    24,
    "10:40",
    prompt(
        """
        val mAP 0.71 but on the held-out Alps recordings 0.48. I suspect leakage: the same recordist
        uploads 20 clips of the same bird, they land in train and val. check and fix the split
        """
    ),
    together(read("skylark/split.py"), grep("train_test_split|KFold")),
    shell(
        """
        python - <<'PY'
        import pandas as pd
        clips = pd.read_csv('data/split.csv')
        train, val = (clips[clips.fold == fold].recordist for fold in ('train', 'val'))
        both = set(train) & set(val)
        print(len(both), 'of', clips.recordist.nunique(), 'in both;', round(val.isin(both).mean(), 3))
        PY
        """,
        "1204 of 1391 in both; 0.943",
        about="How many recordists are on both sides",
        seconds=2,
    ),
    say(
        """
        94 % of the validation clips come from a recordist that training has heard: same bird, same
        microphone, same day.
        """
    ),
    fetch(
        "https://scikit-learn.org/stable/modules/cross_validation.html",
        "Which splitter keeps groups together and still balances the classes?",
        """
        StratifiedGroupKFold keeps every group on one side and tries to keep the class proportions. GroupKFold
        ignores classes. With few groups of a class the stratification is only approximate.
        """,
    ),
    think("Rare species with one recordist only: they cannot be in both. Must warn, not crash."),
    edit(
        "skylark/split.py",
        """
        def split(clips: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
            return train_test_split(clips, test_size=0.2, stratify=clips.species, random_state=seed)
        """,
        """
        def split(clips: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
            \"""No recordist is on both sides: their clips share birds, places and microphones.\"""
            folds = StratifiedGroupKFold(n_splits=5, shuffle=True, random_state=seed)
            train, val = next(folds.split(clips, clips.species, groups=clips.recordist))
            return clips.iloc[train], clips.iloc[val]
        """,
    ),
    edit(
        "skylark/split.py",
        "from sklearn.model_selection import train_test_split",
        "from sklearn.model_selection import StratifiedGroupKFold",
    ),
    write(
        "tests/test_split.py",
        """
        from skylark.split import split
        from tests.clips import CLIPS


        def test_no_recordist_is_on_both_sides():
            train, val = split(CLIPS, seed=0)
            assert not set(train.recordist) & set(val.recordist)


        def test_every_species_with_two_recordists_is_validated():
            _, val = split(CLIPS, seed=0)
            shared = CLIPS.groupby("species").recordist.nunique() > 1
            assert set(shared[shared].index) <= set(val.species)
        """,
    ),
    shell(
        "pytest -q tests/test_split.py",
        """
        F.                                                                       [100%]
        =================================== FAILURES ===================================
        ______________________ test_no_recordist_is_on_both_sides ______________________
        E       AssertionError: assert not {nan}
        =========================== short test summary info ============================
        FAILED tests/test_split.py::test_no_recordist_is_on_both_sides - AssertionError: assert not {nan}
        """,
        exit=1,
        about="Run the split tests",
        seconds=3,
    ),
    say(
        """
        Clips without a recordist are all one group `nan`. They are unrelated, so each becomes its own
        group.
        """
    ),
    edit(
        "skylark/split.py",
        "train, val = next(folds.split(clips, clips.species, groups=clips.recordist))",
        """
        groups = clips.recordist.fillna(clips.clip_id)
        train, val = next(folds.split(clips, clips.species, groups=groups))
        """,
    ),
    shell(
        "pytest -q tests/test_split.py",
        "..                                         [100%]\n2 passed in 1.10s",
        seconds=3,
    ),
    say(
        """
        The honest validation score of the old model is 0.51, close to the 0.48 in the Alps. The split was
        the liar.
        """
    ),
    branch="fix/leak",
    files={
        "skylark/split.py": """
            import pandas as pd
            from sklearn.model_selection import train_test_split


            def split(clips: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
                return train_test_split(clips, test_size=0.2, stratify=clips.species, random_state=seed)
            """,
    },
)
