-- Alipay's files as they came. For each account, day and part one is in force; what it superseded stays.
CREATE TABLE "files" (
    "id" UUID NOT NULL,
    "chain_id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "business_date" DATE NOT NULL,
    "sequence" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "lines" INTEGER NOT NULL,
    "totals" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "received_by" TEXT NOT NULL,
    CONSTRAINT "files_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "files_status" CHECK ("status" IN ('in-force', 'superseded'))
);
CREATE UNIQUE INDEX "files_in_force" ON "files"("account_id", "business_date", "sequence") WHERE "status" = 'in-force';
CREATE INDEX "files_day" ON "files"("account_id", "business_date");
CREATE INDEX "files_chain_day" ON "files"("chain_id", "business_date");

-- Their rows, with what is compared, and as they stand in the file.
CREATE TABLE "lines" (
    "file_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "account_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "alipay_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "order_key" TEXT,
    "currency" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "paid_at" TIMESTAMPTZ(3) NOT NULL,
    "raw" TEXT NOT NULL,
    CONSTRAINT "lines_pkey" PRIMARY KEY ("file_id", "line")
);
CREATE INDEX "lines_alipay" ON "lines"("account_id", "alipay_id");

-- Which line lists which expectation. A table of its own: matching a day never touches the rows that orders write.
CREATE TABLE "matches" (
    "payment_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "file_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "agrees" BOOLEAN NOT NULL,
    CONSTRAINT "matches_pkey" PRIMARY KEY ("payment_id", "type")
);
CREATE UNIQUE INDEX "matches_line" ON "matches"("file_id", "line");

CREATE TABLE "breaks" (
    "id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL DEFAULT 1,
    "status" TEXT NOT NULL DEFAULT 'open',
    "kind" TEXT NOT NULL,
    "chain_id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "business_date" DATE NOT NULL,
    "type" TEXT NOT NULL,
    "order_key" TEXT,
    "payment_id" TEXT,
    "alipay_id" TEXT,
    "ours_currency" TEXT,
    "ours_minor" BIGINT,
    "theirs_currency" TEXT,
    "theirs_minor" BIGINT,
    "risk_currency" TEXT NOT NULL,
    "risk_minor" BIGINT NOT NULL,
    "file_id" UUID,
    "line" INTEGER,
    "raw" TEXT,
    "event_id" TEXT,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    CONSTRAINT "breaks_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "breaks_status" CHECK ("status" IN ('open', 'resolved')),
    CONSTRAINT "breaks_end" CHECK (("status" = 'open') = ("resolved_at" IS NULL)),
    CONSTRAINT "breaks_risk" CHECK ("risk_minor" >= 0)
);
CREATE INDEX "breaks_day" ON "breaks"("chain_id", "business_date", "id");
CREATE INDEX "breaks_open" ON "breaks"("account_id", "business_date") WHERE "status" = 'open';

-- How often a day was matched: its version, for the events about it.
CREATE TABLE "days" (
    "account_id" TEXT NOT NULL,
    "business_date" DATE NOT NULL,
    "chain_id" TEXT NOT NULL,
    "runs" INTEGER NOT NULL,
    "matched_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "days_pkey" PRIMARY KEY ("account_id", "business_date")
);
