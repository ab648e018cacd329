-- Makes of a store of version 1 what schema.sql then completes: the columns that version 2 added, and no views, which hold
-- nothing.

ALTER TABLE sessions ADD COLUMN origin TEXT NOT NULL DEFAULT 'recorded';
ALTER TABLE insights ADD COLUMN mpg_last_lap_imputed_pct REAL;
ALTER TABLE insights ADD COLUMN mpg_5_imputed_pct REAL;
ALTER TABLE insights ADD COLUMN imputed_lap_pct REAL;
ALTER TABLE laps ADD COLUMN burned_parts_g TEXT;
ALTER TABLE insights RENAME COLUMN burned_run_kg TO burned_stint_kg;
ALTER TABLE insights RENAME COLUMN mpg_run TO mpg_stint;
ALTER TABLE insights RENAME COLUMN run_laps TO stint_laps;
ALTER TABLE laps RENAME COLUMN run TO stint;

DROP VIEW run_mpg;
DROP VIEW lap_mpg;
DROP VIEW board;
DROP VIEW fuel;
