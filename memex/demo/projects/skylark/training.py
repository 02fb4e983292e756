"""A loss that turns into NaN."""

from memex.demo.script import claude, edit, prompt, read, say, shell, subagent, think, together

NAN_LOSS = claude(
    "nan-loss",
    "NaN loss from silent clips in log-mel features",
    9,
    "18:20",
    prompt(
        """
        training goes NaN in epoch 3, always around step 4100, with seed 0. lowering lr only moves it.
        what is it?
        """
    ),
    shell(
        "tail -n 7 runs/0412/train.log",
        """
        epoch 3 step 4080 loss 0.4127 grad_norm 1.83
        epoch 3 step 4090 loss 0.4093 grad_norm 1.79
        epoch 3 step 4100 loss nan grad_norm nan
        \x1b[33mWARNING\x1b[0m GradScaler: inf or nan in gradients, skipping step
        epoch 3 step 4110 loss nan grad_norm nan
        \x1b[31mERROR\x1b[0m loss is NaN for 10 steps, stopping
        """,
        about="The end of the training log",
    ),
    together(read("skylark/features.py"), read("skylark/train.py")),
    think(
        """
        log(mel) without eps: a silent window gives log(0) = -inf; then normalise: (-inf - mean)/std,
        mean=-inf → NaN. Random crop: in epoch 3 with seed 0 a crop hits digital silence. Not the lr.
        Verify by finding silent windows.
        """
    ),
    say(
        """
        My suspect is `features.py:11`: `torch.log(mel)` has no floor. A window of digital silence is
        exactly 0, its log is -inf, and the normalisation turns that into NaN. With random crops it takes
        a while to hit one. Let me have the data set searched for such windows while I check the batch of
        step 4100.
        """
    ),
    subagent(
        "general-purpose",
        "Count silent windows",
        "Scan data/train/*.flac for windows of 5 s where every sample is exactly 0. How many clips have "
        "one and the five longest silences. Read only.",
        shell(
            """
            python - <<'PY'
            import soundfile, pathlib
            for path in sorted(pathlib.Path('data/train').glob('*.flac')):
                wave, rate = soundfile.read(path)
                run = longest_run_of_zeros(wave)
                if run >= 5 * rate: print(path.name, round(run / rate, 1))
            PY
            """,
            "NameError: name 'longest_run_of_zeros' is not defined",
            exit=1,
            about="Look for runs of zeros",
            seconds=4,
        ),
        shell(
            "python scripts/silence.py data/train --seconds 5 | tee /tmp/silence.txt | tail -n 6",
            """
            XC511207.flac  21.4
            XC188031.flac  17.0
            XC733410.flac  12.9
            XC100245.flac   8.8
            XC620118.flac   6.1
            37 of 11,482 clips
            """,
            about="Search with the project's own script",
            seconds=64,
        ),
        say(
            """
            37 of 11,482 clips hold at least 5 s of digital silence (all samples 0). Longest: XC511207
            (21.4 s), XC188031 (17.0 s), XC733410 (12.9 s), XC100245 (8.8 s), XC620118 (6.1 s).
            """
        ),
    ),
    shell(
        "python -m skylark.debug batch --seed 0 --step 4100 | head -n 4",
        """
        batch 4100: 64 clips, 1 with min(mel) == 0.0
          XC188031.flac  crop 31.2-36.2 s  mel sum 0.0
        features: nan in 1 of 64
        """,
        about="Rebuild the batch of step 4100",
        seconds=9,
    ),
    say(
        """
        That is it: the batch of step 4100 holds a crop of XC188031 that is pure silence. Fixing the
        features:
        """
    ),
    edit(
        "skylark/features.py",
        "mel = torch.log(self.mel(wave))",
        "mel = torch.log(self.mel(wave).clamp_min(LOG_FLOOR))",
    ),
    edit(
        "skylark/features.py",
        "return (mel - mel.mean()) / mel.std()",
        "return (mel - mel.mean()) / mel.std().clamp_min(1e-3)",
    ),
    edit(
        "skylark/features.py",
        "SAMPLE_RATE = 32_000",
        "SAMPLE_RATE = 32_000\nLOG_FLOOR = 1e-6  # some clips are exactly 0 in places, and log(0) is -inf",
    ),
    shell(
        "pytest -q tests/test_features.py && python -m skylark.train --seed 0 --epochs 4 2>&1 | tail -n 2",
        """
        ....                                                                     [100%]
        4 passed in 1.92s
        epoch 4 step 5460 loss 0.3311 grad_norm 1.52
        val mAP 0.712
        """,
        about="Feature tests, then four epochs with seed 0",
        seconds=1830,
    ),
    say(
        """
        Four epochs with seed 0 and no NaN; val mAP 0.712. Two floors were needed: one under the log, and
        one under the standard deviation, since a constant window has std 0. The learning rate had nothing
        to do with it.
        """
    ),
    branch="fix/nan",
    files={
        "skylark/features.py": """
            import torch
            import torchaudio

            SAMPLE_RATE = 32_000

            class LogMel(torch.nn.Module):
                def forward(self, wave: torch.Tensor) -> torch.Tensor:
                    \"""(samples,) → (128, frames), normalised per clip.\"""
                    # power spectrogram
                    mel = torch.log(self.mel(wave))
                    return (mel - mel.mean()) / mel.std()
            """,
        "skylark/train.py": """
            def step(model, batch, optimiser, scaler):
                with torch.autocast("cuda", dtype=torch.float16):
                    loss = focal_loss(model(batch.features), batch.labels)
                scaler.scale(loss).backward()
                scaler.step(optimiser)
                scaler.update()
                return loss.item()
            """,
    },
)
