-- How many cases are late is counted in an index of days alone: a tenth of the work of the index that orders the queue, in which all that a
-- queue can be narrowed by stands beside the day. SQLite counts in that one fast enough.
CREATE INDEX case_row_runs ON case_row (due) WHERE submitted = 1 AND stands = 0;
-- A row is written anew with each action, and an index alone answers only for pages that were vacuumed since.
ALTER TABLE case_row SET (
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
