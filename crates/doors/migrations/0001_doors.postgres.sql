CREATE FUNCTION door_record_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record is append-only: an entry is never changed or deleted';
END $$;
CREATE TRIGGER door_record_stays BEFORE DELETE OR UPDATE ON door_record FOR EACH ROW EXECUTE FUNCTION door_record_stays();
CREATE TRIGGER door_record_stays_whole BEFORE TRUNCATE ON door_record FOR EACH STATEMENT EXECUTE FUNCTION door_record_stays();
