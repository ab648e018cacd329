-- The store, version 3. docs/store.md says what every column means.

CREATE TABLE IF NOT EXISTS sessions (
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
  written_to_us          INTEGER,
  origin                 TEXT NOT NULL DEFAULT 'recorded'
) STRICT;

CREATE TABLE IF NOT EXISTS cars (
  session      TEXT NOT NULL,
  vehicle_id   TEXT NOT NULL,
  number       TEXT NOT NULL,
  driver       TEXT NOT NULL,
  team         TEXT NOT NULL,
  manufacturer TEXT NOT NULL,
  PRIMARY KEY (session, vehicle_id)
) STRICT, WITHOUT ROWID;

-- Records: boards, laps and race events, each whole as JSON beside the keys by which it is found. All have row ids: a table
-- without keeps less than a quarter of a page in a row, and would spill these.
CREATE TABLE board_records (
  session       TEXT NOT NULL,
  window_end_us INTEGER NOT NULL,
  record        TEXT NOT NULL,
  PRIMARY KEY (session, window_end_us)
) STRICT;

-- The table `insights` has a column for each field of one: the program makes it from the insight's own list of them.

CREATE TABLE lap_records (
  session       TEXT NOT NULL,
  vehicle_id    TEXT NOT NULL,
  lap           INTEGER NOT NULL,
  from_us       INTEGER NOT NULL,
  to_us         INTEGER NOT NULL,
  window_end_us INTEGER NOT NULL,
  record        TEXT NOT NULL,
  PRIMARY KEY (session, vehicle_id, lap, from_us)
) STRICT;

-- Finds who closed a lap first, which ends a stage.
CREATE INDEX laps_by_number ON lap_records (session, lap, to_us);

CREATE TABLE race_event_records (
  session       TEXT NOT NULL,
  kind          TEXT NOT NULL,
  event_id      INTEGER NOT NULL,
  at_us         INTEGER NOT NULL,
  vehicle_id    TEXT,
  window_end_us INTEGER NOT NULL,
  record        TEXT NOT NULL,
  PRIMARY KEY (session, kind, event_id)
) STRICT;

CREATE VIEW windows AS
SELECT
  session, window_end_us,
  record ->> 'flag'        AS flag,
  record ->> 'lap'         AS lap,
  record ->> 'field_mpg'   AS field_mpg,
  record ->> 'model'       AS model,
  record ->> 'assumptions' AS assumptions,
  record ->> 'stories'     AS stories
FROM board_records;

CREATE VIEW laps AS
SELECT
  session, vehicle_id, lap, from_us, to_us,
  record ->> 'stint'        AS stint,
  record ->> 'label'        AS label,
  record ->> 'clean'        AS clean,
  record ->> 'burned_kg'    AS burned_kg,
  record ->> 'burned_sd_kg' AS burned_sd_kg,
  record ->> 'imputed_kg'   AS imputed_kg,
  record ->> 'distance_m'   AS distance_m,
  record ->> 'mpg'          AS mpg,
  window_end_us,
  nullif(record ->> 'burned_parts_g', '[]') AS burned_parts_g
FROM lap_records;

CREATE VIEW race_events AS
SELECT
  session, kind, event_id, at_us, vehicle_id,
  record ->> '$.kind.Flag.flag'        AS flag,
  record ->> '$.kind.Stop.phase'       AS phase,
  record ->> '$.kind.Fuel.stop_time'   AS stop_time_us,
  record ->> '$.kind.Fuel.added'       AS added_l,
  record ->> '$.kind.Fuel.added_sd'    AS added_sd_l,
  record ->> '$.kind.Fuel.full'        AS full,
  record ->> '$.kind.Fuel.fill_time_s' AS fill_time_s,
  window_end_us
FROM race_event_records;

-- Joins mass to gallons. 2.766913457 kg is a US gallon of Cup fuel (units::FuelDensity::CUP), 3.785411784 L a US gallon.
CREATE VIEW fuel AS
SELECT session, coalesce(fuel_density_kg_per_l * 3.785411784, 2.766913457) AS kg_per_gal
FROM sessions;

CREATE VIEW board AS
SELECT
  i.session, i.window_end_us, i.position, i.vehicle_id, c.number, c.driver, i.lap, i.flag, i.mode, i.quality,
  i.mpg_last_lap, i.mpg_5, i.mpg_5_sd, i.mpg_stint, i.relative_pct, i.relative_sd_pct,
  i.burned_lap_kg / kg_per_gal   AS burned_lap_gal,
  i.burned_stint_kg / kg_per_gal AS burned_stint_gal,
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
  l.session, l.vehicle_id, c.number, c.driver, l.lap, l.stint, l.label, l.clean, l.mpg,
  l.burned_kg / kg_per_gal    AS burned_gal,
  l.burned_sd_kg / kg_per_gal AS burned_sd_gal,
  l.imputed_kg / kg_per_gal   AS imputed_gal,
  (l.to_us - l.from_us) / 1e6 AS lap_time_s
FROM laps l
JOIN fuel USING (session)
LEFT JOIN cars c USING (session, vehicle_id);

-- A stint is what lies between two stops. Laps of unknown length count for burn and not for economy.
CREATE VIEW stint_mpg AS
SELECT
  l.session, l.vehicle_id, c.number, c.driver, l.stint,
  min(l.lap) AS first_lap, max(l.lap) AS last_lap,
  sum(l.clean) AS clean_laps,
  sum(l.burned_kg) / kg_per_gal AS burned_gal,
  sum(l.distance_m) / 1609.344
    / nullif(sum(l.burned_kg) FILTER (WHERE l.distance_m IS NOT NULL) / kg_per_gal, 0.0) AS mpg
FROM laps l
JOIN fuel USING (session)
LEFT JOIN cars c USING (session, vehicle_id)
GROUP BY l.session, l.vehicle_id, l.stint;

CREATE VIEW lap_parts AS
SELECT
  l.session, l.vehicle_id, c.number, l.lap, l.from_us, l.clean,
  p.key + 1 AS part,
  p.value   AS burned_g
FROM laps l
JOIN json_each(l.burned_parts_g) p
LEFT JOIN cars c USING (session, vehicle_id);

-- A flag holds until the next other one. The leader's lap is that of the window in which the flag changed.
CREATE VIEW flag_spans AS
WITH
shown AS (
  SELECT session, event_id, at_us, flag, lag(flag) OVER by_time AS flag_before
  FROM race_events
  WHERE kind = 'flag'
  WINDOW by_time AS (PARTITION BY session ORDER BY at_us, event_id)
),
spans AS (
  SELECT session, flag, at_us AS from_us, lead(at_us) OVER (PARTITION BY session ORDER BY at_us, event_id) AS to_us
  FROM shown
  WHERE flag IS NOT flag_before
)
SELECT
  session, flag, from_us, to_us,
  (SELECT w.lap FROM windows w WHERE w.session = spans.session AND w.window_end_us > from_us
   ORDER BY w.window_end_us LIMIT 1) AS lap,
  (SELECT w.lap FROM windows w WHERE w.session = spans.session AND w.window_end_us > to_us
   ORDER BY w.window_end_us LIMIT 1) AS to_lap
FROM spans;

-- Each time in the box is a stop; a drive along the pit road is none. What is known of its fuel is found as the estimate
-- finds it: by the box interval nearest to the time that the evidence names, or else the newest stop when it became known.
CREATE VIEW pit_stops AS
WITH
phases AS (
  SELECT session, vehicle_id, at_us, phase,
    count(*) FILTER (WHERE phase = 'box_stop')
      OVER (PARTITION BY session, vehicle_id ORDER BY at_us, event_id ROWS UNBOUNDED PRECEDING)
      + (phase = 'pit_in') AS stop
  FROM race_events
  WHERE kind = 'stop'
),
stops AS MATERIALIZED (
  SELECT session, vehicle_id, stop,
    max(at_us) FILTER (WHERE phase = 'pit_in')    AS pit_in_us,
    min(at_us) FILTER (WHERE phase = 'box_stop')  AS box_stop_us,
    min(at_us) FILTER (WHERE phase = 'box_leave') AS box_leave_us,
    min(at_us) FILTER (WHERE phase = 'pit_out')   AS pit_out_us
  FROM phases
  GROUP BY session, vehicle_id, stop
  HAVING box_stop_us IS NOT NULL
),
evidence AS (
  SELECT e.session, e.vehicle_id, s.stop, e.added_l, e.added_sd_l, e.full,
    row_number() OVER (
      PARTITION BY e.session, e.event_id
      ORDER BY
        CASE WHEN e.stop_time_us IS NULL
        THEN e.at_us - s.box_stop_us
        ELSE max(s.box_stop_us - e.stop_time_us, e.stop_time_us - coalesce(s.box_leave_us, s.box_stop_us), 0)
        END,
        s.stop
    ) AS nearness
  FROM race_events e
  JOIN stops s USING (session, vehicle_id)
  WHERE e.kind = 'fuel' AND (e.stop_time_us IS NOT NULL OR s.box_stop_us <= e.at_us)
),
fuelled AS (
  SELECT session, vehicle_id, stop, sum(added_l) AS added_l, max(full) AS full,
    CASE WHEN count(added_l) = 1 THEN max(added_sd_l) FILTER (WHERE added_l IS NOT NULL) END AS added_sd_l
  FROM evidence
  WHERE nearness = 1
  GROUP BY session, vehicle_id, stop
)
SELECT
  s.session, s.vehicle_id, c.number, s.stop,
  (SELECT i.lap FROM insights i WHERE i.session = s.session AND i.vehicle_id = s.vehicle_id AND i.window_end_us =
    (SELECT min(w.window_end_us) FROM windows w
     WHERE w.session = s.session AND w.window_end_us > coalesce(s.pit_in_us, s.box_stop_us))) AS lap,
  s.pit_in_us, s.box_stop_us, s.box_leave_us, s.pit_out_us,
  (s.box_leave_us - s.box_stop_us) / 1e6 AS box_s,
  f.added_l / 3.785411784    AS added_gal,
  f.added_sd_l / 3.785411784 AS added_sd_gal,
  f.full
FROM stops s
LEFT JOIN fuelled f USING (session, vehicle_id, stop)
LEFT JOIN cars c USING (session, vehicle_id);

-- A stage ends when the first car closes its last lap.
CREATE VIEW stage_ends AS
SELECT
  s.session, j.value AS lap,
  (SELECT min(l.to_us) FROM laps l WHERE l.session = s.session AND l.lap = j.value) AS at_us
FROM sessions s
JOIN json_each(s.stages) j;

CREATE VIEW retirements AS
WITH retired AS (
  SELECT session, vehicle_id, max(at_us) AS at_us
  FROM race_events
  WHERE kind = 'retired'
  GROUP BY session, vehicle_id
)
SELECT
  r.session, r.vehicle_id, c.number, r.at_us,
  (SELECT i.lap FROM insights i WHERE i.session = r.session AND i.vehicle_id = r.vehicle_id AND i.window_end_us =
    (SELECT min(w.window_end_us) FROM windows w WHERE w.session = r.session AND w.window_end_us > r.at_us)) AS lap
FROM retired r
LEFT JOIN cars c USING (session, vehicle_id);

PRAGMA application_id = 0x42757242; -- "BurB"
PRAGMA user_version = 3;
