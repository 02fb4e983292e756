"""Sub-agents whose turns stand in their parent's file: side chains of 1.0, and what only progress holds."""

from typing import NamedTuple

from memex.transcripts.claude_code.pairing import Pairing
from memex.transcripts.claude_code.side_files import SideFiles
from memex.transcripts.fields import record_of, text_of
from memex.transcripts.records import Record


class Speech(NamedTuple):
    session: str
    """As the call that started the sub-agent names it."""
    record: Record


class InlineAgents:
    def __init__(self, calls: Pairing, files: SideFiles) -> None:
        self._calls = calls
        self._files = files
        self._agent_of_line: dict[str, str] = {}

    def agent_of(self, record: Record) -> str:
        """Whose line it is: 1.0 wrote sub-agents into the main file, each as a tree of its own."""
        uuid, parent = text_of(record.get("uuid")), text_of(record.get("parentUuid"))
        agent = self._agent_of_line.get(parent) or f"inline-{uuid[:8]}"
        self._agent_of_line[uuid] = agent
        if not parent:
            content = record_of(record.get("message")).get("content")
            self._calls.link_subagent("", text_of(content), agent)
        return agent

    def speech_in(self, record: Record) -> Speech | None:
        """What a sub-agent said, where it has no transcript of its own (2.1.12 to 2.1.81)."""
        data = record_of(record.get("data"))
        agent = text_of(data.get("agentId"))
        if data.get("type") != "agent_progress" or not agent or self._files.has_agent(agent):
            return None
        session = f"agent-{agent}"
        self._calls.link_subagent(text_of(record.get("parentToolUseID")), "", session)
        return Speech(session, {**record_of(data.get("message")), "isSidechain": True})
