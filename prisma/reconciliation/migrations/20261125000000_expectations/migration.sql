-- What we believe Alipay will list. Only ever inserted into on the way of an order, so it carries few indexes and no status.
CREATE TABLE "expectations" (
    "payment_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "order_key" TEXT NOT NULL,
    "chain_id" TEXT NOT NULL,
    "store_id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "currency" TEXT,
    "amount_minor" BIGINT,
    "alipay_payment_id" TEXT,
    "paid_at" TIMESTAMPTZ(3),
    "business_date" DATE NOT NULL,
    "basis" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    CONSTRAINT "expectations_pkey" PRIMARY KEY ("payment_id", "type"),
    CONSTRAINT "expectations_type" CHECK ("type" IN ('PAYMENT', 'CANCELLED')),
    CONSTRAINT "expectations_basis" CHECK ("basis" IN ('success', 'late-success', 'reported', 'closed')),
    -- A cancelled payment has no amount: it is not listed at all, or as PAYMENT and CANCEL that come to nothing.
    CONSTRAINT "expectations_amount" CHECK (("type" = 'CANCELLED') = ("amount_minor" IS NULL) AND ("currency" IS NULL) = ("amount_minor" IS NULL))
);
CREATE INDEX "expectations_order" ON "expectations"("order_key");
CREATE INDEX "expectations_day" ON "expectations"("account_id", "business_date");
CREATE INDEX "expectations_alipay_payment" ON "expectations"("alipay_payment_id");
