"""fieldnotes: the documentation site of all the others; Markdown and Astro."""

from memex.demo.projects.fieldnotes.site import IMAGES, LINKS_REFUSED, SEARCH
from memex.demo.projects.fieldnotes.writing import TUTORIAL
from memex.demo.script import Project

PROJECT = Project(
    "fieldnotes",
    "/home/robin/work/fieldnotes",
    "git@git.example.org:robin/fieldnotes.git",
    (LINKS_REFUSED, SEARCH, TUTORIAL, IMAGES),
)
