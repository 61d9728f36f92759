-- Queues of a province and of another office: in the order they are shown, with all they can be narrowed by beside the day, so that they
-- are counted without a look at the rows.
DROP INDEX case_row_province;
CREATE INDEX case_row_province ON case_row (province, due, case_id, stands, holder, procedure, state, phase) WHERE submitted = 1;
DROP INDEX case_row_office;
CREATE INDEX case_row_office ON case_row (office, due, case_id, submitted, stands, holder, procedure, state, phase) WHERE office <> '';
