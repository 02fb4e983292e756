"""skylark: recognises birds by their song; Python and PyTorch."""

from memex.demo.projects.skylark.data import GROUPED_SPLIT, LOADER_KILLED
from memex.demo.projects.skylark.environment import CONFIG, LINKER_FOR_WHEEL
from memex.demo.projects.skylark.training import NAN_LOSS
from memex.demo.script import Project

PROJECT = Project(
    "skylark",
    "/home/robin/research/skylark",
    "git@git.example.org:robin/skylark.git",
    (NAN_LOSS, LOADER_KILLED, GROUPED_SPLIT, CONFIG, LINKER_FOR_WHEEL),
)
