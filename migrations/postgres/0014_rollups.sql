-- What the delivery log adds up to, day by day. A cache: whole days are made anew from the log, never counted up.

-- recipe: definition, zone and form of the days that are kept. checked_at, checked, differing: the last self-check, how many days it
-- compared and which of them were not what the log says (text, empty when none).
CREATE TABLE rollup_state (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    recipe TEXT COLLATE "C" NOT NULL,
    checked_at BIGINT,
    checked BIGINT NOT NULL,
    differing TEXT COLLATE "C" NOT NULL
);
INSERT INTO rollup_state (id, recipe, checked, differing) VALUES (1, '', 0, '');

-- scope: empty for the organisation, team:<entity reference>, service:<id>. day: since 1970-01-01, in the zone of the recipe.
CREATE TABLE rollup_days (
    scope TEXT COLLATE "C" NOT NULL,
    tier TEXT COLLATE "C" NOT NULL CHECK (tier IN ('production', 'staging', 'development')),
    day BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (scope, tier, day)
);

-- What is known of a service apart from its days, the team that these are counted for, and a number that grows whenever any of it changes.
CREATE TABLE rollup_services (
    service TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner TEXT COLLATE "C" NOT NULL,
    standing TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX rollup_services_by_owner ON rollup_services (owner, service);

-- Services of which the log says more than their days. marks counts how often it came to say more.
CREATE TABLE rollup_dirty (
    service TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    marks BIGINT NOT NULL
);
INSERT INTO rollup_dirty (service, marks) SELECT id, 1 FROM services;
