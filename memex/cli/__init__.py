"""Every verb from a terminal; with no verb, the window opens."""

from memex.cli.life import doctor, forget
from memex.cli.mapping import topology
from memex.cli.mixing import mix
from memex.cli.move import move
from memex.cli.refresh import refresh
from memex.cli.snapshot import snapshot
from memex.cli.verbs import main, memex

memex.add_command(doctor)
memex.add_command(forget)
memex.add_command(mix)
memex.add_command(snapshot)
memex.add_command(topology)
memex.add_command(refresh)
memex.add_command(move)

__all__ = ["main", "memex"]
