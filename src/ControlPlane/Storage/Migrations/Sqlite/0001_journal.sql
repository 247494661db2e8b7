-- A workflow's facts, one row per append. The numbers of a workflow have no gap; the primary key refuses a second writer.
-- A table with row ids on purpose: new facts of all workflows land on the same few pages, whatever their uids.
CREATE TABLE journal_entries (
    workflow_uid TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    facts BLOB NOT NULL,
    PRIMARY KEY (workflow_uid, sequence)
) STRICT;

-- Every workflow has either its first batch or a snapshot, so this small index and the snapshots list all of them.
CREATE INDEX journal_entries_first ON journal_entries (workflow_uid) WHERE sequence = 0;

-- The state after batch `sequence`; the batches it covers are deleted in the transaction that saves it.
CREATE TABLE journal_snapshots (
    workflow_uid TEXT NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    state BLOB NOT NULL
) STRICT;
