-- The way back of a migration: its SELECTs say what would be lost, the rest takes away what it brought.
SELECT 'that a restore was made: names that it took away may stay unknown to readers when they are taken anew' AS lost,
       COUNT(*) AS rows FROM version_floor;

DROP TABLE version_floor;
