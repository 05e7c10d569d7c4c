-- How much of an order went back, what is on its way back, and how many refunds it has: an order without any needs no look at its refunds.
ALTER TABLE "orders"
    ADD COLUMN "refunded_minor" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "refunding_minor" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "refund_count" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "since" TIMESTAMPTZ(3) NOT NULL DEFAULT now();
UPDATE "orders" SET "since" = COALESCE("paid_at", "placed_at");
ALTER TABLE "orders" ALTER COLUMN "since" DROP DEFAULT;

ALTER TABLE "orders"
    DROP CONSTRAINT "orders_status",
    DROP CONSTRAINT "orders_paid",
    ADD CONSTRAINT "orders_status" CHECK ("status" IN ('awaiting-code', 'awaiting-payment', 'cancelling', 'paid', 'partly-refunded', 'refunded', 'cancelled', 'expired', 'failed')),
    ADD CONSTRAINT "orders_paid" CHECK (("status" IN ('paid', 'partly-refunded', 'refunded')) = ("paid_at" IS NOT NULL)),
    ADD CONSTRAINT "orders_refunds_within_paid" CHECK ("refunded_minor" >= 0 AND "refunding_minor" >= 0 AND "refunded_minor" + "refunding_minor" <= "amount_minor"),
    ADD CONSTRAINT "orders_refunds_of_paid" CHECK ("paid_at" IS NOT NULL OR "refund_count" = 0),
    ADD CONSTRAINT "orders_refunds_counted" CHECK ("refund_count" BETWEEN 0 AND 100 AND ("refund_count" > 0 OR "refunded_minor" + "refunding_minor" = 0)),
    ADD CONSTRAINT "orders_refunded" CHECK (("status" = 'refunded') = ("refunded_minor" = "amount_minor") AND ("status" = 'partly-refunded') = ("refunded_minor" > 0 AND "refunded_minor" < "amount_minor"));

CREATE TABLE "order_refunds" (
    "order_key" TEXT NOT NULL,
    "refund_key" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "asked_minor" BIGINT,
    "reason" TEXT,
    "status" TEXT NOT NULL,
    "problem" TEXT,
    "result_code" TEXT,
    "alipay_refund_id" TEXT,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "refunded_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "order_refunds_pkey" PRIMARY KEY ("order_key", "refund_key"),
    CONSTRAINT "order_refunds_order" FOREIGN KEY ("order_key") REFERENCES "orders"("key") ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT "order_refunds_amount" CHECK ("amount_minor" > 0 AND ("asked_minor" IS NULL OR "asked_minor" = "amount_minor")),
    CONSTRAINT "order_refunds_status" CHECK ("status" IN ('requested', 'succeeded', 'failed', 'reversed')),
    CONSTRAINT "order_refunds_succeeded" CHECK (("status" IN ('succeeded', 'reversed')) = ("refunded_at" IS NOT NULL AND "alipay_refund_id" IS NOT NULL)),
    CONSTRAINT "order_refunds_failed" CHECK (("status" = 'failed') = ("problem" IS NOT NULL)),
    CONSTRAINT "order_refunds_ended" CHECK (("status" IN ('failed', 'reversed')) = ("ended_at" IS NOT NULL))
);

-- Whatever overtook its order waits here, not cancels alone. The key names the request, so that the same one twice waits once.
CREATE TABLE "waiting_requests" (
    "key" TEXT NOT NULL,
    "order_key" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "causation_id" TEXT,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "waiting_requests_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "waiting_requests_order" ON "waiting_requests"("order_key");
INSERT INTO "waiting_requests" ("key", "order_key", "request", "correlation_id", "causation_id", "asked_at")
    SELECT "order_key" || ' cancel', "order_key", jsonb_build_object('kind', 'cancel', 'storeId', "store_id", 'reason', "reason"), "correlation_id", "causation_id", "asked_at"
    FROM "waiting_cancels";
UPDATE "due_work" SET "kind" = 'waiting-request', "key" = "key" || ' cancel' WHERE "kind" = 'waiting-cancel';
DROP TABLE "waiting_cancels";
