"""The style sheet of the window: one for both themes, its colours named by where they stand in the palette.

Widgets are told apart by a dynamic property ``role`` (``muted``, ``title``, ``primary``, …) rather than by
name, so that a page says what a label is for and not what it looks like.

A change of the sheet makes Qt measure and lay out every widget anew, which takes most of a second; after a change
of the palette each only has to be polished again, fifty millionths of a second a widget.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from workbench.resources import resource
from workbench.ui.tokens import Theme

_ROLE = QPalette.ColorRole
# Token of the style sheet: the palette's role that carries it, and the sheet's name of that role. The second half
# are roles of bevels and visited links, of which there are none.
_CARRIERS = {
    "window": (_ROLE.Window, "window"),
    "panel": (_ROLE.Base, "base"),
    "line": (_ROLE.Mid, "mid"),
    "text": (_ROLE.Text, "text"),
    "muted": (_ROLE.PlaceholderText, "placeholder-text"),
    "accent": (_ROLE.Highlight, "highlight"),
    "on_accent": (_ROLE.HighlightedText, "highlighted-text"),
    "hover": (_ROLE.AlternateBase, "alternate-base"),
    "bad": (_ROLE.BrightText, "bright-text"),
    "good": (_ROLE.Dark, "dark"),
    "warn": (_ROLE.LinkVisited, "link-visited"),
    "edge": (_ROLE.Light, "light"),
    "selected": (_ROLE.Midlight, "midlight"),
    "accent_hover": (_ROLE.Shadow, "shadow"),
}

_TEMPLATE = """
* {{ outline: none; }}
QWidget {{ color: {text}; }}
QMainWindow, QWidget#page, QWidget#window {{ background: {window}; }}
QToolTip {{ background: {panel}; color: {text}; border: 1px solid {edge}; padding: 6px 8px; }}

QLabel {{ background: transparent; }}
QLabel[role="muted"], QLabel[role="unit"] {{ color: {muted}; }}
QLabel[role="title"] {{ font-size: 15px; font-weight: 600; }}
QLabel[role="headline"] {{ font-size: 24px; font-weight: 600; }}
QLabel[role="section"] {{ color: {muted}; font-weight: 600; }}
QLabel[role="good"] {{ color: {good}; }}
QLabel[role="warn"] {{ color: {warn}; }}
QLabel[role="bad"] {{ color: {bad}; }}

QFrame[role="panel"], QWidget[role="panel"] {{ background: {panel}; border: 1px solid {line}; border-radius: 6px; }}
QFrame[role="rule"] {{ background: {line}; border: none; max-height: 1px; min-height: 1px; }}
QFrame[role="edge"] {{ background: {line}; border: none; }}
QFrame[role="card"] {{ background: {selected}; border: 1px solid {accent}; border-radius: 6px; }}
QFrame[role="popup"] {{ background: {panel}; border: 1px solid {edge}; }}
QWidget#help {{ background: {panel}; border-left: 1px solid {line}; }}
QScrollArea#settings_edge {{ background: {panel}; border: none; border-left: 1px solid {line}; }}
QListView[role="plain"] {{ background: transparent; border: none; }}
QListView[role="plain"]::item:hover, QListView[role="plain"]::item:selected {{ background: transparent; }}
QWidget[role="bar"] {{ background: {panel}; }}

QPushButton, QToolButton {{
    background: {panel}; border: 1px solid {edge}; border-radius: 6px; padding: 4px 12px; min-height: 20px;
}}
QPushButton:hover, QToolButton:hover {{ background: {hover}; border-color: {muted}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {line}; }}
QPushButton:focus, QToolButton:focus {{ border-color: {accent}; }}
QPushButton:checked, QToolButton:checked {{ background: {selected}; border-color: {accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {muted}; border-color: {line}; background: {window}; }}
QPushButton[role="primary"] {{
    background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600;
}}
QPushButton[role="primary"]:hover {{ background: {accent_hover}; border-color: {accent_hover}; }}
QPushButton[role="primary"]:focus {{ border-color: {text}; }}
QPushButton[role="primary"]:disabled {{
    background: {line}; color: {muted}; border-color: {line};
}}
QPushButton[role="danger"] {{ color: {bad}; }}
QPushButton[role="big"] {{
    background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600; font-size: 15px;
    min-height: 38px; padding: 4px 24px;
}}
QPushButton[role="big"]:hover {{ background: {accent_hover}; border-color: {accent_hover}; }}
QPushButton[role="big"]:focus {{ border-color: {text}; }}
QPushButton[role="big"]:disabled {{ background: {line}; color: {muted}; border-color: {line}; }}
QPushButton[role="flat"], QToolButton[role="flat"] {{ background: transparent; border: 1px solid transparent; }}
QPushButton[role="flat"]:hover, QToolButton[role="flat"]:hover {{ background: {hover}; }}
QPushButton[role="flat"]:focus, QToolButton[role="flat"]:focus {{ border-color: {accent}; }}
QPushButton[role="link"] {{
    background: transparent; border: 1px solid transparent; color: {accent}; padding: 0 4px; text-align: left;
}}
QPushButton[role="link"]:hover {{ text-decoration: underline; }}
QPushButton[role="link"]:focus {{ border-color: {accent}; }}
QPushButton[segment] {{ padding-left: 10px; padding-right: 10px; }}
QPushButton[segment="first"] {{ border-top-right-radius: 0; border-bottom-right-radius: 0; }}
QPushButton[segment="middle"] {{ border-radius: 0; border-left-width: 0; }}
QPushButton[segment="last"] {{ border-top-left-radius: 0; border-bottom-left-radius: 0; border-left-width: 0; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {{
    background: {window}; border: 1px solid {edge}; border-radius: 6px; padding: 4px 8px; min-height: 20px;
    selection-background-color: {accent}; selection-color: {on_accent};
}}
QLineEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover, QComboBox:hover {{ border-color: {muted}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{
    border-color: {accent};
}}
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {{
    color: {muted}; border-color: {line};
}}
QSpinBox, QDoubleSpinBox {{ padding: 2px 8px; }}
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button {{
    subcontrol-origin: border; width: 18px; border: none; background: transparent;
}}
QSpinBox::up-button, QDoubleSpinBox::up-button {{ subcontrol-position: top right; margin: 2px 2px 0 0; }}
QSpinBox::down-button, QDoubleSpinBox::down-button {{ subcontrol-position: bottom right; margin: 0 2px 2px 0; }}
QSpinBox::up-button:hover, QDoubleSpinBox::up-button:hover,
QSpinBox::down-button:hover, QDoubleSpinBox::down-button:hover {{ background: {hover}; border-radius: 3px; }}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: url({arrow_up}); width: 8px; height: 8px; }}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{ image: url({arrow_down}); width: 8px; height: 8px; }}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ image: url({arrow_down}); width: 8px; height: 8px; }}
QComboBox QAbstractItemView {{
    background: {panel}; border: 1px solid {edge}; selection-background-color: {selected}; selection-color: {text};
    padding: 4px;
}}

QCheckBox, QRadioButton {{ spacing: 8px; background: transparent; min-height: 22px; }}
QCheckBox::indicator, QRadioButton::indicator {{
    width: 14px; height: 14px; border: 1px solid {muted}; background: {window};
}}
QCheckBox::indicator {{ border-radius: 3px; }}
QRadioButton::indicator {{ border-radius: 8px; }}
QCheckBox::indicator:hover, QRadioButton::indicator:hover,
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border-color: {accent}; }}
QCheckBox::indicator:checked {{ background: {accent}; border-color: {accent}; image: url({tick_dark}); }}
*[theme="light"] QCheckBox::indicator:checked {{ image: url({tick_light}); }}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; background: {on_accent}; border: 5px solid {accent}; }}
QCheckBox:focus, QRadioButton:focus {{ color: {accent}; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {muted}; }}
QCheckBox::indicator:checked:disabled {{ background: {muted}; border-color: {muted}; }}
QRadioButton::indicator:checked:disabled {{ border-color: {muted}; }}

QSlider::groove:horizontal {{ height: 4px; background: {line}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{
    width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: {text}; border: none;
}}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ background: {accent}; }}
QSlider::sub-page:horizontal:disabled {{ background: {muted}; }}
QSlider::handle:horizontal:disabled {{ background: {muted}; }}

QScrollArea {{ background: transparent; border: none; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {line}; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QAbstractItemView {{
    background: {panel}; alternate-background-color: {hover}; border: 1px solid {line}; border-radius: 6px;
    selection-background-color: {selected}; selection-color: {text}; gridline-color: {line};
}}
QTableView::item, QTreeView::item, QListView::item {{ padding: 3px 6px; }}
QAbstractItemView::item:hover {{ background: {hover}; }}
QAbstractItemView::item:selected {{ background: {selected}; color: {text}; }}
QHeaderView {{ background: {panel}; border: none; }}
QHeaderView::section {{
    background: {panel}; color: {muted}; border: none; border-bottom: 1px solid {line}; padding: 4px 6px 4px 9px;
    font-weight: 600;
}}
QTableCornerButton::section {{ background: {panel}; border: none; }}
QTreeView::branch {{ background: transparent; }}

QTabWidget::pane {{ border: none; border-top: 1px solid {line}; }}
QTabBar {{ background: transparent; }}
QTabBar::tab {{
    background: transparent; color: {muted}; padding: 6px 12px; border: none; border-bottom: 2px solid transparent;
}}
QTabBar::tab:hover {{ color: {text}; }}
QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
QTabBar::tab:focus {{ color: {accent}; }}

QMenu {{ background: {panel}; border: 1px solid {edge}; padding: 4px; }}
QMenu::item {{ min-width: 208px; padding: 5px 24px 5px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {selected}; }}
QMenu::item:disabled {{ color: {muted}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}

QProgressBar {{ background: {line}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 2px; }}
QSplitter::handle {{ background: transparent; }}
QSplitter::handle:hover {{ background: {line}; }}
"""


def style_sheet() -> str:
    """The whole style sheet; it goes with what ``palette`` gives."""
    glyphs = resource("ui")
    return _TEMPLATE.format(
        **{token: f"palette({name})" for token, (_, name) in _CARRIERS.items()},
        arrow_up=(glyphs / "arrow_up.svg").as_posix(),
        arrow_down=(glyphs / "arrow_down.svg").as_posix(),
        tick_dark=(glyphs / "tick_dark.svg").as_posix(),
        tick_light=(glyphs / "tick_light.svg").as_posix(),
    )


def palette(theme: Theme) -> QPalette:
    """The theme's colours: those that the style sheet names, and those that Qt's own style takes."""
    colours = QPalette()
    for token, (role, _) in _CARRIERS.items():
        colours.setColor(role, QColor(getattr(theme, token)))
    for role, colour in {
        _ROLE.WindowText: theme.text,
        _ROLE.Button: theme.panel,
        _ROLE.ButtonText: theme.text,
        _ROLE.ToolTipBase: theme.panel,
        _ROLE.ToolTipText: theme.text,
        _ROLE.Link: theme.accent,
        _ROLE.Accent: theme.accent,
    }.items():
        colours.setColor(role, QColor(colour))
    for role in (_ROLE.Text, _ROLE.ButtonText, _ROLE.WindowText):
        colours.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    return colours
