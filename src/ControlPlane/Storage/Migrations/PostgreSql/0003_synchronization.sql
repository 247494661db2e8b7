-- Locks that are held, one row per lock of a claim. A row is there before the holder hears of it, and goes after the holder gave it up.
CREATE TABLE lock_holds (
    workflow_uid text   NOT NULL,
    ticket       bigint NOT NULL, -- the workflow's number for this claim, never used again
    kind         text   NOT NULL,
    namespace    text   NOT NULL,
    name         text   NOT NULL,
    key          text   NOT NULL, -- of the ConfigMap; '' for all other kinds
    holder       text   NOT NULL, -- namespace/workflow or namespace/workflow/node-id
    PRIMARY KEY (workflow_uid, ticket, kind, namespace, name, key)
);

-- How many may hold a database semaphore; the name is namespace/key. Table and columns are upstream's.
CREATE TABLE sync_limit (
    name      text    NOT NULL PRIMARY KEY,
    sizelimit integer NOT NULL CHECK (sizelimit > 0)
);
