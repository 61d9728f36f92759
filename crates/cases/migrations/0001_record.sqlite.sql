CREATE TRIGGER action_stays BEFORE DELETE ON action
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only: an action is never deleted');
END;

CREATE TRIGGER action_stands BEFORE UPDATE ON action
WHEN OLD.leaf IS NOT NULL OR NEW.leaf IS NULL
    OR NEW.case_id IS NOT OLD.case_id OR NEW.seq IS NOT OLD.seq OR NEW.at IS NOT OLD.at OR NEW.day IS NOT OLD.day
    OR NEW.request IS NOT OLD.request OR NEW.actor IS NOT OLD.actor OR NEW.role IS NOT OLD.role
    OR NEW.action IS NOT OLD.action OR NEW.body IS NOT OLD.body OR NEW.digest IS NOT OLD.digest
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only: of an action only its place in the log is filled in, once');
END;
