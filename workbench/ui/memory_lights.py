"""What is lit on the memory page: an operator, a tensor or a block, in maps, arena, network and lists together."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.ui.memory_lists import OperatorList, TensorList
from workbench.ui.memory_picture import MemoryPicture
from workbench.ui.memory_scene import MemoryScene, OperatorRow, operator_key, operator_of

# An operator by (subgraph, index), or a place in the plan.
Lit = tuple[int, int] | int


class MemoryLights(QObject):
    """Lights what is pointed at, and when the pointer leaves what was chosen.

    What is chosen brings its subgraph into view; what is pointed at does not, so that nothing flickers.
    """

    def __init__(self, picture: MemoryPicture, operators: OperatorList, tensors: TensorList) -> None:
        super().__init__(picture)
        self._picture, self._operators, self._tensors = picture, operators, tensors
        self.chosen: Lit | None = None
        arena, network = picture.arena, picture.network
        operators.chosen.connect(self._choose_operator)
        operators.subgraph_chosen.connect(self._choose_subgraph)
        tensors.chosen.connect(self._choose_placement)
        arena.placement_chosen.connect(self._choose_placement)
        arena.placement_hovered.connect(lambda place: self._hover(place if place >= 0 else None))
        arena.step_chosen.connect(self._choose_step)
        network.operator_chosen.connect(self._choose_operator)
        network.operator_hovered.connect(lambda index: self._hover((self._subgraph, index) if index >= 0 else None))
        for one in (picture.flash_map, picture.ram_map):
            one.hovered.connect(self._hover_block)
            one.clicked.connect(lambda key: self.choose(operator_of(key)))

    @property
    def _scene(self) -> MemoryScene | None:
        return self._picture.scene

    @property
    def _subgraph(self) -> int:
        return self._picture.subgraph

    def choose(self, what: Lit | None) -> None:
        """Keep something lit; None lets go."""
        self.chosen = what
        self._show_subgraph(self._home_of(what))
        self._light(what)

    def again(self) -> None:
        """Light what was chosen in what is drawn anew."""
        self._light(self.chosen)

    def _hover(self, what: Lit | None) -> None:
        self._light(self.chosen if what is None else what)

    def _choose_operator(self, index: int) -> None:
        self.choose((self._subgraph, index) if index >= 0 else None)

    def _choose_placement(self, place: int) -> None:
        self.choose(place if place >= 0 else None)

    def _choose_step(self, number: int) -> None:
        step = self._scene.step_at(number) if self._scene else None
        self.choose((step.subgraph, step.operator) if step and step.operator is not None else None)

    def _choose_subgraph(self, number: int) -> None:
        self.choose(None)
        self._show_subgraph(number)

    def _hover_block(self, key: str) -> None:
        operator = operator_of(key)
        if operator is not None or not key:
            self._hover(operator)
            return
        self._light(None)
        for one in (self._picture.flash_map, self._picture.ram_map):
            one.highlight([block.key for block in one.blocks if block.key == key])

    def _home_of(self, what: Lit | None) -> int:
        """The subgraph that something belongs to; the one in view for what belongs to none."""
        if isinstance(what, tuple):
            return what[0]
        scene = self._scene
        if scene is None or what is None or what >= len(scene.tensors):
            return self._subgraph
        step = scene.step_at(scene.tensors[what].placement.first_op)
        return self._subgraph if step is None else step.subgraph

    def _show_subgraph(self, number: int) -> None:
        if number != self._subgraph:
            self._picture.show_subgraph(number)
            self._operators.show_subgraph(number)

    # --- light -------------------------------------------------------------------------------------

    def _light(self, what: Lit | None) -> None:
        scene = self._scene
        if scene is None:
            return
        if isinstance(what, tuple) and what[0] < len(scene.operators) and what[1] < len(scene.operators[what[0]]):
            self._light_operator(scene, scene.operators[what[0]][what[1]])
        elif isinstance(what, int) and what < len(scene.tensors):
            self._light_tensor(scene, what)
        else:
            self._light_nothing()

    def _light_nothing(self) -> None:
        picture = self._picture
        for one in (picture.flash_map, picture.ram_map, picture.arena, picture.network):
            one.highlight(())
        self._operators.table.choose(None)
        self._tensors.choose(None)

    def _light_operator(self, scene: MemoryScene, row: OperatorRow) -> None:
        picture, here = self._picture, row.subgraph == self._subgraph
        picture.arena.highlight(row.placements, scene.step_of(row.subgraph, row.index))
        picture.network.highlight((row.index,) if here else ())
        picture.flash_map.highlight(self._flash_keys(row))
        picture.ram_map.highlight(self._arena_keys() if row.placements else ())
        self._operators.table.choose(row.index if here else None)
        self._tensors.choose(None)

    def _light_tensor(self, scene: MemoryScene, place: int) -> None:
        picture = self._picture
        step = scene.step_at(scene.tensors[place].placement.first_op)
        made_by = step.operator if step is not None and step.subgraph == self._subgraph else None
        picture.arena.highlight((place,))
        picture.network.highlight(() if made_by is None else (made_by,))
        picture.flash_map.highlight(())
        picture.ram_map.highlight(self._arena_keys())
        self._operators.table.choose(made_by)
        self._tensors.choose(place)

    def _arena_keys(self) -> list[str]:
        return [block.key for block in self._picture.ram_map.blocks if block.kind == "arena"]

    def _flash_keys(self, row: OperatorRow) -> list[str]:
        code = [block.key for block in self._picture.flash_map.blocks if block.detail == row.code]
        return [operator_key(row.subgraph, row.index), *code]
