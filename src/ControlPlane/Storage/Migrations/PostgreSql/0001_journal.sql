-- A workflow's facts, one row per append. The numbers of a workflow have no gap; the primary key refuses a second writer.
CREATE TABLE journal_entries (
    workflow_uid text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL CHECK (sequence >= 0),
    facts bytea NOT NULL,
    PRIMARY KEY (workflow_uid, sequence)
);

-- Every workflow has either its first batch or a snapshot, so this small index and the snapshots list all of them.
CREATE INDEX journal_entries_first ON journal_entries (workflow_uid) WHERE sequence = 0;

-- The state after batch `sequence`; the batches it covers are deleted in the transaction that saves it.
CREATE TABLE journal_snapshots (
    workflow_uid text COLLATE "C" NOT NULL PRIMARY KEY,
    sequence bigint NOT NULL CHECK (sequence >= 0),
    state bytea NOT NULL
);
