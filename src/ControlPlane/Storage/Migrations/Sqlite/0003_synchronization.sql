-- Locks that are held, one row per lock of a claim. A row is there before the holder hears of it, and goes after the holder gave it up.
CREATE TABLE lock_holds (
    workflow_uid TEXT    NOT NULL,
    ticket       INTEGER NOT NULL, -- the workflow's number for this claim, never used again
    kind         TEXT    NOT NULL,
    namespace    TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    key          TEXT    NOT NULL, -- of the ConfigMap; '' for all other kinds
    holder       TEXT    NOT NULL, -- namespace/workflow or namespace/workflow/node-id
    PRIMARY KEY (workflow_uid, ticket, kind, namespace, name, key)
) WITHOUT ROWID;

-- How many may hold a database semaphore; the name is namespace/key. Table and columns are upstream's.
CREATE TABLE sync_limit (
    name      TEXT    NOT NULL PRIMARY KEY,
    sizelimit INTEGER NOT NULL CHECK (sizelimit > 0)
) WITHOUT ROWID;
