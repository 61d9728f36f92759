CREATE TRIGGER door_record_stays BEFORE DELETE ON door_record
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only: an entry is never deleted');
END;
CREATE TRIGGER door_record_stands BEFORE UPDATE ON door_record
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only: an entry is never changed');
END;
