CREATE TABLE "payments" (
    "id" TEXT NOT NULL,
    "order_key" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "bill" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "state" JSONB NOT NULL,
    "attention" TEXT,
    "alipay_payment_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "paid_at" TIMESTAMPTZ(3),
    CONSTRAINT "payments_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "payments_id" CHECK ("id" ~ '^[0-9a-f]{32}$'),
    CONSTRAINT "payments_amount" CHECK ("amount_minor" > 0),
    CONSTRAINT "payments_status" CHECK ("status" IN ('requested', 'unknown', 'code-issued', 'cancelling', 'succeeded', 'failed', 'expired', 'cancelled')),
    CONSTRAINT "payments_paid" CHECK (("status" = 'succeeded') = ("paid_at" IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX "payments_order" ON "payments"("order_key");
-- One live payment per order: two codes for one order could both be paid.
CREATE UNIQUE INDEX "payments_live" ON "payments"("order_key") WHERE "status" IN ('requested', 'unknown', 'code-issued', 'cancelling');
-- A payment at Alipay belongs to one payment of ours.
CREATE UNIQUE INDEX "payments_alipay" ON "payments"("account_id", "alipay_payment_id") WHERE "alipay_payment_id" IS NOT NULL;

-- Notifications as they came, wallet ids masked; the hash is over the raw bytes.
CREATE TABLE "notifications" (
    "id" BIGSERIAL NOT NULL,
    "payment_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "request_time" TEXT NOT NULL,
    "sha256" BYTEA NOT NULL,
    "masked" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "notifications_payment" ON "notifications"("payment_id");
