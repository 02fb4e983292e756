"""Which colour a project has; the same in the timeline and on the map, for as long as the window is open."""

from collections.abc import Iterable

from memex.window.theme import Palette


class ProjectColours:
    """The first projects that are learned get the colours there are; all others share one."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def learn(self, projects: Iterable[str]) -> None:
        for project in projects:
            self._places.setdefault(project, len(self._places))

    def of(self, project: str | None, palette: Palette) -> str:
        place = self._places.get(project or "", len(palette.projects))
        return palette.projects[place] if place < len(palette.projects) else palette.other_projects
