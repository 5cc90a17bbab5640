"""Folders on volumes on paper: which are there, and which were set aside under which mark."""

from __future__ import annotations

from drills.errors import EngineError, PlanError
from drills.stack.folders import Aside, Folder
from drills.stack.runtime import Container


class FakeFolders:
    """Folders that ``keep`` made. ``deaf`` has the engine say yes to everything and do nothing."""

    def __init__(self) -> None:
        self.deaf = False
        self._kept: dict[tuple[str, str], Folder] = {}
        self._there: set[Folder] = set()
        self._aside: set[tuple[Folder, str]] = set()

    # What a test scripts

    def keep(self, container: Container, path: str, volume: str) -> Folder:
        """The container has a folder at that path, on a volume by the engine's name of it."""
        folder = Folder(volume, path.rpartition("/")[2])
        self._kept[container.id, path] = folder
        self._there.add(folder)
        return folder

    def make(self, folder: Folder) -> None:
        """Somebody makes it anew."""
        self._there.add(folder)

    def remove(self, folder: Folder, mark: str = "") -> None:
        """Somebody removes it; what was set aside under a mark, where one is given."""
        if mark:
            self._aside.discard((folder, mark))
        else:
            self._there.discard(folder)

    def there(self, folder: Folder) -> bool:
        """Whether it is there, by its own name."""
        return folder in self._there

    # What a fault asks: see drills.stack.folders.Folders

    def kept(self, container: Container, path: str) -> Folder:
        """What ``keep`` made."""
        if (container.id, path) not in self._kept:
            raise PlanError(
                f"expected {path} of {container.name} in a folder of a volume, "
                "it is in its own layer"
            )
        return self._kept[container.id, path]

    def set_aside(self, folder: Folder, mark: str) -> None:
        """Note it. Refuses one that is not there."""
        if folder not in self._there:
            raise EngineError(f"set {folder.path} of {folder.volume} aside: No such file")
        if not self.deaf:
            self._there.remove(folder)
            self._aside.add((folder, mark))

    def aside(self, folder: Folder, mark: str) -> Aside:
        """What was noted."""
        return Aside((folder, mark) in self._aside, folder in self._there)

    def put_back(self, folder: Folder, mark: str) -> None:
        """Forget it."""
        if not self.deaf and (folder, mark) in self._aside and folder not in self._there:
            self._aside.remove((folder, mark))
            self._there.add(folder)
