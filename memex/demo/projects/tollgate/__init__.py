"""tollgate: a payments API in Go over PostgreSQL and Redis."""

from memex.demo.projects.tollgate.charges import IDEMPOTENCY, ROW_DEADLOCK
from memex.demo.projects.tollgate.operations import REDIS_REFUSED, UNKNOWN_ZONE
from memex.demo.projects.tollgate.security import FLAKY_TOKEN, WEBHOOK_REVIEW
from memex.demo.script import Project

PROJECT = Project(
    "tollgate",
    "/home/robin/work/tollgate",
    "git@git.example.org:payments/tollgate.git",
    (ROW_DEADLOCK, REDIS_REFUSED, UNKNOWN_ZONE, IDEMPOTENCY, WEBHOOK_REVIEW, FLAKY_TOKEN),
)
