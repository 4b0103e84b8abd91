-- Which deployments the metrics blame each incident on: made with the days of its service, and as these a cache of what the log says.

-- incident: its id in the event log. body: the deployments, a JSON list; empty where none is to blame.
CREATE TABLE rollup_blame (
    incident TEXT COLLATE "C" NOT NULL,
    service TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (incident, service)
);
CREATE INDEX rollup_blame_by_service ON rollup_blame (service, incident);

-- What was deployed shortly before an incident is found without reading the commits and changes in between.
CREATE INDEX delivery_events_deployments ON delivery_events (service, at, seq) WHERE kind = 'deployment';
