-- Every stored object of the Kubernetes API, whole. The newest resource_version handed out is at most the ceiling.
CREATE TABLE objects (
    kind             text   NOT NULL, -- plural, or plural.group outside the core group
    namespace        text   NOT NULL, -- '' for cluster-scoped kinds
    name             text   NOT NULL,
    uid              text   NOT NULL UNIQUE,
    resource_version bigint NOT NULL,
    json             text   NOT NULL,
    PRIMARY KEY (kind, namespace, name)
);

CREATE TABLE object_versions (
    id      integer NOT NULL PRIMARY KEY CHECK (id = 1),
    ceiling bigint  NOT NULL
);

INSERT INTO object_versions (id, ceiling) VALUES (1, 0);
