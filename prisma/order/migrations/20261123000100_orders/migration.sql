CREATE TABLE "orders" (
    "key" TEXT NOT NULL,
    "chain_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "store_id" TEXT NOT NULL,
    "till_id" TEXT,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "state" JSONB NOT NULL,
    "attention" TEXT,
    "placed_at" TIMESTAMPTZ(3) NOT NULL,
    "valid_until" TIMESTAMPTZ(3) NOT NULL,
    "deadline_at" TIMESTAMPTZ(3) NOT NULL,
    "paid_at" TIMESTAMPTZ(3),
    CONSTRAINT "orders_pkey" PRIMARY KEY ("key"),
    CONSTRAINT "orders_amount" CHECK ("amount_minor" > 0),
    CONSTRAINT "orders_status" CHECK ("status" IN ('awaiting-code', 'awaiting-payment', 'cancelling', 'paid', 'cancelled', 'expired', 'failed')),
    CONSTRAINT "orders_paid" CHECK (("status" = 'paid') = ("paid_at" IS NOT NULL))
) WITH (fillfactor = 70);

-- Cancels that overtook their order: clients hash keys differently, so order between two requests is not certain.
CREATE TABLE "waiting_cancels" (
    "order_key" TEXT NOT NULL,
    "store_id" TEXT NOT NULL,
    "reason" TEXT,
    "correlation_id" TEXT NOT NULL,
    "causation_id" TEXT,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "waiting_cancels_pkey" PRIMARY KEY ("order_key")
);
