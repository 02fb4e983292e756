"""Secrets never reach the index. Every secret here is made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields

from memex.core.session import Session, ToolCall, ToolKind
from memex.transcripts.redaction import PLUGINS, redact_session, redacted
from tests.sessions import reply, session
from tests.transcripts.lines import assistant, calls, read, result, text, use, user

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----"
SECRETS = [
    ("aws-key", "AKIA" + "ABCDEFGHIJ234567"),
    ("aws-key", 'AWS_SECRET_ACCESS_KEY = "' + "a1B2" * 10 + '"'),
    ("azure-key", "AccountKey=" + "Ab1+" * 22),
    ("artifactory-token", 'artifactory: "AKC' + "a1b2c3d4e5f6" + '"'),
    ("password", "postgres://me:s3cretpw@db.example/x"),
    ("password", "redis://u:pw1@cache"),
    ("cloudant-key", "cloudant_password = " + "0a" * 32),
    ("discord-token", "DISCORD=M" + "a" * 24 + "." + "b" * 6 + "." + "c" * 27),
    ("github-token", "ghp_" + "a1B2" * 9),
    ("github-token", "github_pat_" + "a1B2" * 9),
    ("gitlab-token", "glpat-" + "a1B2" * 6),
    ("ibm-key", "ibm_cloud_api_key: " + "a1b2" * 11),
    ("jwt", "eyJ" + "hbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM"),
    ("mailchimp-key", "mailchimp " + "0a" * 16 + "-us12"),
    ("npm-token", "//registry.npmjs.org/:_authToken=npm_abcdef0123456789"),
    ("openai-key", "sk-" + "a1B2c" * 4 + "T3BlbkFJ" + "a1B2c" * 4),
    ("openai-key", "sk-proj-" + "a1B2" * 12),
    ("anthropic-key", "sk-ant-api03-" + "a1B2" * 8),
    ("pypi-token", "pypi-AgEIcHlwaS5vcmc" + "a1B2" * 20),
    ("sendgrid-key", "SG." + "a" * 22 + "." + "b" * 43),
    ("slack-token", "xoxb-123-456-abcdef"),
    ("square-secret", "sq0csp-" + "a" * 43),
    ("stripe-key", "sk_live_" + "a" * 24),
    ("telegram-token", "12345678:AA" + "b" * 33),
    ("twilio-key", "twilio AC" + "a1" * 16),
    ("google-key", "AIza" + "b" * 35),
    ("huggingface-token", "hf_" + "aB1" * 11),
    ("private-key", PEM),
    ("bearer-token", "Authorization: Bearer abcdef0123456789abcdef"),
    ("authorization", "authorization: basic dXNlcjpwYXNz"),
]


@pytest.mark.parametrize(("kind", "secret"), SECRETS)
def test_a_secret_becomes_a_placeholder_of_its_kind(kind: str, secret: str) -> None:
    clean, counts = redacted(f"before\n{secret}\nafter")
    assert clean.startswith("before\n")
    assert clean.endswith("after")
    assert f"[redacted: {kind}]" in clean
    assert counts[kind] == 1
    assert redacted(clean) == (clean, {})


def test_a_key_that_was_cut_off_is_hidden_to_the_end() -> None:
    assert redacted("x -----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn") == (
        "x [redacted: private-key]",
        {"private-key": 1},
    )


def test_every_plugin_of_the_table_is_shown() -> None:
    shown = {kind for kind, _ in SECRETS}
    assert {kind for _, kind, _ in PLUGINS} - shown == {"softlayer-key"}


def test_what_names_a_secret_stays_readable() -> None:
    clean, _ = redacted(
        "git clone https://me:hunter22@host/r.git && curl -H 'Authorization: Bearer " + "x" * 20 + "'"
    )
    assert clean == (
        "git clone https://me:[redacted: password]@host/r.git && "
        "curl -H 'Authorization: Bearer [redacted: bearer-token]'"
    )


@pytest.mark.parametrize(
    "words",
    [
        "see https://github.com/a/b/pull/1 and mail me@example.com",
        "the bearer of this letter",
        "key: abcdefghijklmnopqrstuvwx, token = deadbeef",
        "commit 0123456789abcdef0123456789abcdef01234567 on 10.0.0.1:8080",
        "REDACTED and [redacted: jwt]",
        "ssh-rsa PUBLIC KEY block",
    ],
)
def test_ordinary_words_are_left(words: str) -> None:
    assert redacted(words) == (words, {})


def leaking(secret: str) -> Session:
    return read(
        user(f"use {secret} please"),
        assistant(
            {"type": "thinking", "thinking": f"hm {secret}"},
            text(f"I use {secret}"),
            use("Bash", {"command": f"echo {secret}", "env": {"T": [secret]}}),
        ),
        result(f"Exit code 1 {secret}", is_error=True),
        assistant(use("Write", {"file_path": "/f", "content": f"a\n{secret}\nb"}, "t2"), id="m2"),
        result("done", "t2", structured={"type": "create", "content": f"a\n{secret}\nb"}),
    )


@pytest.mark.parametrize("secret", ["ghp_" + "a1B2" * 9, PEM, "wss://me:s3cretpw@db/x"])
def test_nothing_of_a_session_keeps_it(secret: str) -> None:
    session = leaking(secret)
    clean, counts = redact_session(session)
    assert "a1B2a1B2" not in repr(clean)
    assert "MIIEow" not in repr(clean)
    assert "s3cretpw" not in repr(clean)
    assert len(counts) == 1
    assert clean.turns[1].errors[0].text == calls(clean)[0].result
    assert clean.turns[1].errors[0].command == calls(clean)[0].command
    assert (clean.id, len(clean.turns), clean.tokens) == (session.id, len(session.turns), session.tokens)


def test_a_session_without_secrets_is_left_as_it_is() -> None:
    session = leaking("mail me@example.com about eyJ and ghp_")
    assert redact_session(session) == (session, {})
    assert redact_session(session)[0] is session


@given(st.text(alphabet="ghp_AKIA:/@.-eyJ \n=sk" + "\U0001f600", max_size=200), st.sampled_from(SECRETS))
def test_in_any_surroundings(around: str, secret: tuple[str, str]) -> None:
    _, words = secret
    clean, counts = redacted(f"{around} {words} {around}")
    assert sum(counts.values()) >= 1
    assert redacted(clean)[0] == clean


def test_what_says_a_result_again_goes_with_its_secret() -> None:
    said = "fatal: bad token ghp_" + "a1B2" * 9
    again = {field.name: said for field in fields(ToolCall) if field.default == ""}
    assert "stderr" in again
    call = ToolCall("c", "Bash", ToolKind.SHELL, {}, said, **again)
    clean, counts = redact_session(session("s", reply(0, "", call)))
    assert "ghp_" not in str(clean)
    assert counts == {"github-token": 1}
    plain = reply(1, "", ToolCall("d", "Bash", ToolKind.SHELL, {}, "done", stderr="done"))
    kept, _ = redact_session(session("s", reply(0, "", call), plain))
    assert kept.turns[1] is plain
