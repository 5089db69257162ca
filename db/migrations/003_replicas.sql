-- The bot's processes: the work of one that is gone returns to the others.
CREATE TABLE replicas (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    leads boolean NOT NULL DEFAULT false
);

COMMENT ON COLUMN replicas.leads IS 'Receives updates and sends the outbox.';
