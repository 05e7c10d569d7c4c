-- What was given back of a payment, and what is reserved for refunds under way: never more than was paid.
ALTER TABLE "payments"
    ADD COLUMN "refunded_minor" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "refunding_minor" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "refund_count" INTEGER NOT NULL DEFAULT 0,
    ADD CONSTRAINT "payments_refunded" CHECK ("refunded_minor" >= 0 AND "refunding_minor" >= 0 AND "refunded_minor" + "refunding_minor" <= "amount_minor"),
    ADD CONSTRAINT "payments_refunded_paid" CHECK ("status" = 'succeeded' OR "refunded_minor" + "refunding_minor" = 0);

CREATE TABLE "refunds" (
    "id" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "order_key" TEXT NOT NULL,
    -- Null where late money is given back: nobody asked for that.
    "refund_key" TEXT,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "asks" INTEGER NOT NULL,
    "state" JSONB NOT NULL,
    "reason" TEXT,
    "alipay_refund_id" TEXT,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "refunds_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "refunds_payment" FOREIGN KEY ("payment_id") REFERENCES "payments"("id"),
    CONSTRAINT "refunds_id" CHECK ("id" ~ '^[0-9a-f]{32}$'),
    CONSTRAINT "refunds_amount" CHECK ("amount_minor" > 0),
    CONSTRAINT "refunds_status" CHECK ("status" IN ('requested', 'unknown', 'succeeded', 'failed', 'reversed')),
    CONSTRAINT "refunds_ended" CHECK (("status" IN ('requested', 'unknown')) = ("ended_at" IS NULL)),
    CONSTRAINT "refunds_given" CHECK (("status" IN ('succeeded', 'reversed')) = ("alipay_refund_id" IS NOT NULL))
);
CREATE INDEX "refunds_of_payment" ON "refunds"("payment_id");
-- The same key of the same order is the same refund.
CREATE UNIQUE INDEX "refunds_key" ON "refunds"("order_key", "refund_key");
-- Late money goes back once.
CREATE UNIQUE INDEX "refunds_give_back" ON "refunds"("payment_id") WHERE "refund_key" IS NULL AND "status" <> 'failed';

-- What operators did about payments. Appended, never changed.
CREATE TABLE "operator_actions" (
    "id" BIGSERIAL NOT NULL,
    "payment_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "operator" TEXT NOT NULL,
    "refused" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "operator_actions_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "operator_actions_of_payment" ON "operator_actions"("payment_id");

-- Every exchange with Alipay, both ways, with what could name a wallet's owner left out; the hashes are over the raw bytes.
CREATE TABLE "exchanges" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "payment_id" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "http_status" INTEGER,
    "headers" JSONB NOT NULL,
    "request" TEXT NOT NULL,
    "request_sha256" BYTEA NOT NULL,
    "response" TEXT,
    "response_sha256" BYTEA,
    CONSTRAINT "exchanges_pkey" PRIMARY KEY ("at", "id")
) PARTITION BY RANGE ("at");
ALTER TABLE "exchanges" ALTER COLUMN "request" SET STORAGE EXTERNAL, ALTER COLUMN "response" SET STORAGE EXTERNAL;
CREATE INDEX "exchanges_payment" ON "exchanges"("payment_id");
CREATE TABLE "exchanges_default" PARTITION OF "exchanges" DEFAULT;
INSERT INTO "exchanges" ("at", "payment_id", "operation", "verdict", "duration_ms", "http_status", "headers", "request", "request_sha256")
    SELECT "received_at", "payment_id", 'notifyPayment', "verdict", 0, 200, jsonb_build_object('client-id', "client_id", 'request-time', "request_time"), "masked", "sha256" FROM "notifications";
DROP TABLE "notifications";

-- The raw bytes, sealed, for a shorter time.
CREATE TABLE "exchange_bodies" (
    "exchange_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "request" TEXT NOT NULL,
    "response" TEXT,
    CONSTRAINT "exchange_bodies_pkey" PRIMARY KEY ("at", "exchange_id")
) PARTITION BY RANGE ("at");
ALTER TABLE "exchange_bodies" ALTER COLUMN "request" SET STORAGE EXTERNAL, ALTER COLUMN "response" SET STORAGE EXTERNAL;
CREATE TABLE "exchange_bodies_default" PARTITION OF "exchange_bodies" DEFAULT;
