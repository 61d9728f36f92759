-- Actions that nobody outside was told of yet; kept where the setting `news` is there.
CREATE TABLE news (
    case_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (case_id, seq)
);
