-- The store, version 1. docs/store.md says what every column means.

CREATE TABLE sessions (
  session                TEXT PRIMARY KEY,
  track                  TEXT NOT NULL,
  track_length_m         REAL,
  laps                   INTEGER,
  stages                 TEXT NOT NULL,
  package_hp             REAL,
  reference_rpm          REAL,
  tank_l                 REAL,
  fuel_density_kg_per_l  REAL,
  air_pressure_pa        REAL,
  air_temperature_k      REAL,
  air_vapour_pressure_pa REAL,
  written_to_us          INTEGER
) STRICT;

CREATE TABLE cars (
  session      TEXT NOT NULL,
  vehicle_id   TEXT NOT NULL,
  number       TEXT NOT NULL,
  driver       TEXT NOT NULL,
  team         TEXT NOT NULL,
  manufacturer TEXT NOT NULL,
  PRIMARY KEY (session, vehicle_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE windows (
  session       TEXT NOT NULL,
  window_end_us INTEGER NOT NULL,
  flag          TEXT NOT NULL,
  lap           INTEGER,
  field_mpg     REAL,
  PRIMARY KEY (session, window_end_us)
) STRICT, WITHOUT ROWID;

-- The key begins with the window: windows are appended, read and cut whole.
CREATE TABLE insights (
  session               TEXT NOT NULL,
  window_end_us         INTEGER NOT NULL,
  vehicle_id            TEXT NOT NULL,
  lap                   INTEGER,
  lap_distance          REAL,
  position              INTEGER,
  flag                  TEXT NOT NULL,
  rate_g_s              REAL,
  burned_lap_kg         REAL,
  burned_run_kg         REAL,
  burned_stage_kg       REAL,
  burned_race_kg        REAL,
  mpg_last_lap          REAL,
  mpg_5                 REAL,
  mpg_5_sd              REAL,
  mpg_run               REAL,
  run_laps              INTEGER NOT NULL,
  green_laps            INTEGER NOT NULL,
  stops                 INTEGER NOT NULL,
  remaining_kg          REAL,
  remaining_sd_kg       REAL,
  laps_left             REAL,
  laps_left_sd          REAL,
  relative_pct          REAL,
  relative_sd_pct       REAL,
  relative_last_lap_pct REAL,
  scale_sd_pct          REAL,
  mode                  TEXT NOT NULL,
  quality               TEXT NOT NULL,
  imputed_pct           REAL NOT NULL,
  age_ms                INTEGER,
  PRIMARY KEY (session, window_end_us, vehicle_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE laps (
  session       TEXT NOT NULL,
  vehicle_id    TEXT NOT NULL,
  lap           INTEGER NOT NULL,
  from_us       INTEGER NOT NULL,
  to_us         INTEGER NOT NULL,
  run           INTEGER NOT NULL,
  label         TEXT NOT NULL,
  clean         INTEGER NOT NULL,
  burned_kg     REAL NOT NULL,
  burned_sd_kg  REAL NOT NULL,
  imputed_kg    REAL NOT NULL,
  distance_m    REAL,
  mpg           REAL,
  window_end_us INTEGER NOT NULL,
  PRIMARY KEY (session, vehicle_id, lap, from_us)
) STRICT, WITHOUT ROWID;

-- Joins mass to gallons. 2.766913457 kg is a US gallon of Cup fuel (units::FuelDensity::CUP), 3.785411784 L a US gallon.
CREATE VIEW fuel AS
SELECT session, coalesce(fuel_density_kg_per_l * 3.785411784, 2.766913457) AS kg_per_gal
FROM sessions;

CREATE VIEW board AS
SELECT
  i.session, i.window_end_us, i.position, i.vehicle_id, c.number, c.driver, i.lap, i.flag, i.mode, i.quality,
  i.mpg_last_lap, i.mpg_5, i.mpg_5_sd, i.mpg_run, i.relative_pct, i.relative_sd_pct,
  i.burned_lap_kg / kg_per_gal   AS burned_lap_gal,
  i.burned_run_kg / kg_per_gal   AS burned_run_gal,
  i.burned_race_kg / kg_per_gal  AS burned_race_gal,
  i.remaining_kg / kg_per_gal    AS remaining_gal,
  i.remaining_sd_kg / kg_per_gal AS remaining_sd_gal,
  i.laps_left, i.laps_left_sd, i.imputed_pct, i.age_ms
FROM sessions s
JOIN fuel USING (session)
JOIN insights i ON i.session = s.session AND i.window_end_us = s.written_to_us
LEFT JOIN cars c ON c.session = i.session AND c.vehicle_id = i.vehicle_id;

CREATE VIEW lap_mpg AS
SELECT
  l.session, l.vehicle_id, c.number, c.driver, l.lap, l.run, l.label, l.clean, l.mpg,
  l.burned_kg / kg_per_gal    AS burned_gal,
  l.burned_sd_kg / kg_per_gal AS burned_sd_gal,
  l.imputed_kg / kg_per_gal   AS imputed_gal,
  (l.to_us - l.from_us) / 1e6 AS lap_time_s
FROM laps l
JOIN fuel USING (session)
LEFT JOIN cars c USING (session, vehicle_id);

-- A run is what lies between two stops. Laps of unknown length count for burn and not for economy.
CREATE VIEW run_mpg AS
SELECT
  l.session, l.vehicle_id, c.number, c.driver, l.run,
  min(l.lap) AS first_lap, max(l.lap) AS last_lap,
  sum(l.clean) AS clean_laps,
  sum(l.burned_kg) / kg_per_gal AS burned_gal,
  sum(l.distance_m) / 1609.344
    / nullif(sum(l.burned_kg) FILTER (WHERE l.distance_m IS NOT NULL) / kg_per_gal, 0.0) AS mpg
FROM laps l
JOIN fuel USING (session)
LEFT JOIN cars c USING (session, vehicle_id)
GROUP BY l.session, l.vehicle_id, l.run;

PRAGMA application_id = 0x42757242; -- "BurB"
PRAGMA user_version = 1;
