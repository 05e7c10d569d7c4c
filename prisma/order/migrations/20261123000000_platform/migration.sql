-- What every service needs to take part in the exchange of events: the same four times.

-- Claimed message ids. Partitioned by the envelope's time so that old ones are dropped, not deleted.
CREATE TABLE "inbox" (
    "source" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "sha256" BYTEA NOT NULL,
    CONSTRAINT "inbox_pkey" PRIMARY KEY ("source", "id", "time")
) PARTITION BY RANGE ("time");
CREATE TABLE "inbox_default" PARTITION OF "inbox" DEFAULT;

-- Events on their way to Kafka. Empty when idle; deleted as soon as the broker has them.
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT,
    "headers" TEXT NOT NULL,
    "payload" TEXT,
    "bytes" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "outbox_content" CHECK (("payload" IS NULL) <> ("bytes" IS NULL))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- Messages set aside, and those that wait behind them because they belong to the same aggregate.
CREATE TABLE "dead_letters" (
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    "key" TEXT,
    "headers" JSONB NOT NULL,
    "value" BYTEA NOT NULL,
    "problem" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "dead_letters_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "dead_letters_status" CHECK ("status" IN ('kept', 'parked', 'replayed', 'discarded'))
);
CREATE UNIQUE INDEX "dead_letters_position" ON "dead_letters"("topic", "partition", "offset");
CREATE INDEX "dead_letters_parked" ON "dead_letters"("topic", "key", "id") WHERE "status" = 'parked';

-- Things to look at when their time has come. One row per thing, so at most one look at a time.
CREATE TABLE "due_work" (
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "leased_until" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "due_work_pkey" PRIMARY KEY ("kind", "key")
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX "due_work_due" ON "due_work"("kind", "due_at");

-- The part of the directory that this service knows, as the owner last published it.
CREATE SEQUENCE "directory_positions";
CREATE TABLE "directory_entries" (
    "kind" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "data" JSONB NOT NULL,
    "position" BIGINT NOT NULL DEFAULT nextval('directory_positions'),
    CONSTRAINT "directory_entries_pkey" PRIMARY KEY ("kind", "id")
);
CREATE INDEX "directory_entries_position" ON "directory_entries"("position");
