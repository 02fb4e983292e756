"""Every verb from a terminal; with no verb, the window opens."""

from memex.cli.indexes import generations, reembed, reindex
from memex.cli.life import doctor, forget
from memex.cli.mapping import topology
from memex.cli.mixing import mix
from memex.cli.move import move
from memex.cli.refresh import refresh
from memex.cli.snapshot import snapshot
from memex.cli.verbs import main, memex

for verb in (doctor, forget, mix, reindex, reembed, generations, snapshot, topology, refresh, move):
    memex.add_command(verb)

__all__ = ["main", "memex"]
