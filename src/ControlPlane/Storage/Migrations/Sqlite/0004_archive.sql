-- The nodes of a workflow that has ended, compressed: they live apart from its object, so that lists and the cache never hold them.
CREATE TABLE workflow_nodes (
    workflow_uid TEXT NOT NULL PRIMARY KEY,
    version TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;

-- Workflows that have ended, also after their objects are deleted. Times are seconds since 1970.
CREATE TABLE archived_workflows (
    uid TEXT NOT NULL PRIMARY KEY,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    phase TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    labels TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE INDEX archived_workflows_by_name ON archived_workflows (namespace, name);
CREATE INDEX archived_workflows_by_age ON archived_workflows (created_at);
