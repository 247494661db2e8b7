-- The nodes of a workflow that has ended, compressed: they live apart from its object, so that lists and the cache never hold them.
CREATE TABLE workflow_nodes (
    workflow_uid text COLLATE "C" NOT NULL PRIMARY KEY,
    version text NOT NULL,
    body bytea NOT NULL
);

-- Workflows that have ended, also after their objects are deleted. Times are seconds since 1970.
CREATE TABLE archived_workflows (
    uid text COLLATE "C" NOT NULL PRIMARY KEY,
    namespace text NOT NULL,
    name text NOT NULL,
    phase text NOT NULL,
    created_at bigint NOT NULL,
    started_at bigint,
    finished_at bigint,
    labels text NOT NULL,
    body bytea NOT NULL
);

CREATE INDEX archived_workflows_by_name ON archived_workflows (namespace, name);
CREATE INDEX archived_workflows_by_age ON archived_workflows (created_at);
