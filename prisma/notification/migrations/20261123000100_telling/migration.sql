-- The last number given on each store's stream. Its row is locked until the commit, so numbers are gapless and in commit order.
CREATE TABLE "store_streams" (
    "chain_id" TEXT NOT NULL,
    "store_id" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    CONSTRAINT "store_streams_pkey" PRIMARY KEY ("chain_id", "store_id")
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- What was told, by store. Partitioned by day so that old days are dropped, not deleted.
CREATE TABLE "store_events" (
    "chain_id" TEXT NOT NULL,
    "store_id" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "till_id" TEXT,
    "payload" TEXT NOT NULL,
    "told_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "store_events_pkey" PRIMARY KEY ("chain_id", "store_id", "sequence", "told_at")
) PARTITION BY RANGE ("told_at");
CREATE INDEX "store_events_order" ON "store_events"("chain_id", "order_id");
CREATE TABLE "store_events_default" PARTITION OF "store_events" DEFAULT;

-- One row per message and endpoint. Within (endpoint, order) they are sent in order of id.
CREATE TABLE "webhook_deliveries" (
    "id" BIGSERIAL NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "chain_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "store_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "event_type" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_problem" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "webhook_deliveries_status" CHECK ("status" IN ('waiting', 'delivered', 'given-up')),
    CONSTRAINT "webhook_deliveries_end" CHECK (("status" = 'waiting') = ("ended_at" IS NULL))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX "webhook_deliveries_order" ON "webhook_deliveries"("chain_id", "order_id");
CREATE INDEX "webhook_deliveries_waiting" ON "webhook_deliveries"("endpoint_id", "chain_id", "order_id", "id") WHERE "status" = 'waiting';
CREATE INDEX "webhook_deliveries_created" ON "webhook_deliveries"("created_at");
