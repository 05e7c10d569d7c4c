-- What Alipay is to be asked about because its files list it and nobody here expected it. `rounds`: how often somebody wanted to know.
CREATE TABLE "inquiries" (
    "break_id" TEXT NOT NULL,
    "chain_id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "order_id" TEXT,
    "type" TEXT NOT NULL,
    "request_id" TEXT,
    "alipay_id" TEXT,
    "correlation_id" TEXT NOT NULL,
    "causation_id" TEXT,
    "rounds" INTEGER NOT NULL DEFAULT 1,
    "asks" INTEGER NOT NULL DEFAULT 0,
    "asked_by" TEXT NOT NULL,
    "answered_at" TIMESTAMPTZ(3),
    CONSTRAINT "inquiries_pkey" PRIMARY KEY ("break_id"),
    CONSTRAINT "inquiries_type" CHECK ("type" IN ('PAYMENT', 'REFUND')),
    CONSTRAINT "inquiries_asked_by" CHECK ("asked_by" = 'request-id' AND "request_id" IS NOT NULL OR "asked_by" = 'alipay-id' AND "alipay_id" IS NOT NULL)
);
