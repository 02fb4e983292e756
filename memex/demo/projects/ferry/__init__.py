"""ferry: a command line in Rust that copies file trees between hosts and resumes where it stopped."""

from memex.demo.projects.ferry.building import CROSS_COMPILE, LINKER_IN_CI
from memex.demo.projects.ferry.deadlock import DEADLOCK
from memex.demo.projects.ferry.transfers import DRY_RUN, RESUME_EXPLAINED
from memex.demo.script import Project

PROJECT = Project(
    "ferry",
    "/home/robin/work/ferry",
    "git@git.example.org:robin/ferry.git",
    (LINKER_IN_CI, CROSS_COMPILE, DEADLOCK, DRY_RUN, RESUME_EXPLAINED),
)
