-- Every stored object of the Kubernetes API, whole. The newest resource_version handed out is at most the ceiling.
CREATE TABLE objects (
    kind             TEXT    NOT NULL, -- plural, or plural.group outside the core group
    namespace        TEXT    NOT NULL, -- '' for cluster-scoped kinds
    name             TEXT    NOT NULL,
    uid              TEXT    NOT NULL UNIQUE,
    resource_version INTEGER NOT NULL,
    json             TEXT    NOT NULL,
    PRIMARY KEY (kind, namespace, name)
) WITHOUT ROWID;

CREATE TABLE object_versions (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    ceiling INTEGER NOT NULL
);

INSERT INTO object_versions (id, ceiling) VALUES (1, 0);
