"""The recordings of a project as a table."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from workbench.project.model import Recording
from workbench.ui.widgets.recordings_table import RecordingsTable


def test_what_is_the_same_in_every_recording_has_no_column_where_others_differ(qtbot: QtBot) -> None:
    def recording(number: int) -> Recording:
        facts = {"simulated": "yes", "session": str(number), "speed": "low" if number else "off", "blade": f"{number}"}
        return Recording(number, f"take {number}", "series", (), 50.0, 100, "", facts)

    table = RecordingsTable()
    qtbot.addWidget(table)

    def titles() -> list[str]:
        model = table.table.model()
        return [model.headerData(place, table.table.horizontalHeader().orientation()) for place in range(5)]

    table.set_recordings([recording(number) for number in range(4)], (), {}, {})
    assert titles()[2:] == ["session", "speed", "blade"]
    table.set_recordings([recording(0)], (), {}, {})
    assert titles()[2:] == ["simulated", "session", "speed"], "of one recording nothing differs"
