CREATE FUNCTION action_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record is append-only: an action is never deleted';
END $$;
CREATE TRIGGER action_stays BEFORE DELETE ON action FOR EACH ROW EXECUTE FUNCTION action_stays();
CREATE TRIGGER action_stays_whole BEFORE TRUNCATE ON action FOR EACH STATEMENT EXECUTE FUNCTION action_stays();

CREATE FUNCTION action_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record is append-only: of an action only its place in the log is filled in, once';
END $$;
CREATE TRIGGER action_stands BEFORE UPDATE ON action FOR EACH ROW
WHEN (OLD.leaf IS NOT NULL OR NEW.leaf IS NULL
    OR (NEW.case_id, NEW.seq, NEW.at, NEW.day, NEW.request, NEW.actor, NEW.role, NEW.action, NEW.body, NEW.digest)
        IS DISTINCT FROM
       (OLD.case_id, OLD.seq, OLD.at, OLD.day, OLD.request, OLD.actor, OLD.role, OLD.action, OLD.body, OLD.digest))
EXECUTE FUNCTION action_stands();
