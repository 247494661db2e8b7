-- Tickets by which clusters join: only their hashes. Times are seconds since 1970. A row stays for a while after its ticket is of no use, so that
-- who shows it again is told why.
CREATE TABLE join_tickets (
    hash        TEXT NOT NULL PRIMARY KEY, -- sha256 of the ticket, hex
    cluster_uid TEXT NOT NULL,
    expires_at  INTEGER NOT NULL,
    voided_at   INTEGER,                      -- a newer ticket, or a revocation, took its place
    used_at     INTEGER,
    used_by     TEXT,                      -- sha256 of the public key that it was spent for: who lost the answer may ask again
    CHECK ((used_at IS NULL) = (used_by IS NULL))
) STRICT;

CREATE INDEX join_tickets_by_cluster ON join_tickets (cluster_uid);

-- Which Kubernetes cluster a cluster is: the one that joined first, until its certificates are revoked.
CREATE TABLE cluster_members (
    cluster_uid TEXT NOT NULL PRIMARY KEY,
    cluster     TEXT NOT NULL,
    member_uid  TEXT
) STRICT;

-- Every client certificate that was issued and is not long expired. One that is not here is refused, whoever signed it.
CREATE TABLE agent_certificates (
    serial      TEXT NOT NULL PRIMARY KEY, -- hex
    cluster_uid TEXT NOT NULL,
    not_after   INTEGER NOT NULL,
    revoked_at  INTEGER
) STRICT;

CREATE INDEX agent_certificates_by_cluster ON agent_certificates (cluster_uid);
