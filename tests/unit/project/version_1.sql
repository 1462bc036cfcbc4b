-- A project as format 1 saved it. Never changed: today's program must open it.
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE recordings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('series', 'picture')),
    channels TEXT NOT NULL,
    rate_hz REAL,
    rows INTEGER NOT NULL,
    label TEXT NOT NULL,
    metadata TEXT NOT NULL,
    source TEXT NOT NULL,
    created TEXT NOT NULL,
    file TEXT NOT NULL,
    first_row INTEGER NOT NULL,
    shape TEXT,
    notes TEXT NOT NULL
);
CREATE TABLE segments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recording_id INTEGER NOT NULL REFERENCES recordings (id),
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    label TEXT NOT NULL
);
CREATE INDEX segments_by_recording ON segments (recording_id);
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created TEXT NOT NULL,
    title TEXT NOT NULL,
    task TEXT NOT NULL CHECK (task IN ('classification', 'regression')),
    classes TEXT NOT NULL,
    target_unit TEXT NOT NULL,
    settings TEXT NOT NULL,
    input_shape TEXT NOT NULL,
    parameters INTEGER NOT NULL,
    split TEXT NOT NULL,
    features TEXT NOT NULL,
    history TEXT NOT NULL,
    evaluation TEXT NOT NULL,
    model_file TEXT NOT NULL
);
CREATE TABLE variants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    created TEXT NOT NULL,
    name TEXT NOT NULL,
    recipe TEXT NOT NULL,
    model_file TEXT NOT NULL,
    file_bytes INTEGER NOT NULL,
    quantization TEXT NOT NULL,
    sparsity REAL NOT NULL,
    evaluation TEXT NOT NULL,
    test TEXT,
    runs_on_boards INTEGER NOT NULL,
    current INTEGER NOT NULL
);
CREATE TABLE steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    stack TEXT NOT NULL CHECK (stack IN ('undo', 'redo'))
);
CREATE TABLE step_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    step_id INTEGER NOT NULL REFERENCES steps (id),
    table_name TEXT NOT NULL,
    row_key,
    before TEXT
);
CREATE INDEX changes_by_step ON step_changes (step_id);
INSERT INTO about VALUES ('name', 'An old project'), ('created', '2026-01-01T00:00:00+00:00');
INSERT INTO recordings VALUES
    (7, 'wave', 'series', '[["ax", "g"]]', 50.0, 3, 'up', '{"subject": "01"}', 'wave.csv',
     '2026-01-01T00:00:00+00:00', 'samples/7.arrow', 0, NULL, '');
INSERT INTO segments VALUES (1, 7, 0, 2, 'up');
INSERT INTO settings VALUES ('ProjectSettings', '{"board": "pico", "a setting that is gone": 1}');
PRAGMA application_id = 0x544D4C57;
PRAGMA user_version = 1;
