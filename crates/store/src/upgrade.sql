-- Makes of a store of version 1 what schema.sql then completes: the columns that version 2 added, and no views, which hold
-- nothing.

ALTER TABLE sessions ADD COLUMN origin TEXT NOT NULL DEFAULT 'recorded';
ALTER TABLE insights ADD COLUMN mpg_last_lap_imputed_pct REAL;
ALTER TABLE insights ADD COLUMN mpg_5_imputed_pct REAL;
ALTER TABLE insights ADD COLUMN imputed_lap_pct REAL;
ALTER TABLE laps ADD COLUMN burned_parts_g TEXT;

DROP VIEW stint_mpg;
DROP VIEW lap_mpg;
DROP VIEW board;
DROP VIEW fuel;
