-- Which account of the general ledger each side of our bookings goes to; what a chain has not said goes to an account that everybody knows.
CREATE TABLE "ledger_accounts" (
    "chain_id" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_by_kind" TEXT NOT NULL,
    "changed_by" TEXT NOT NULL,
    CONSTRAINT "ledger_accounts_pkey" PRIMARY KEY ("chain_id", "purpose")
);

-- A month that was locked by a person. Its bookings are those in ledger_entries, whatever becomes known later.
CREATE TABLE "ledger_periods" (
    "chain_id" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "locked_at" TIMESTAMPTZ(3) NOT NULL,
    "locked_by" TEXT NOT NULL,
    CONSTRAINT "ledger_periods_pkey" PRIMARY KEY ("chain_id", "month"),
    CONSTRAINT "ledger_periods_month" CHECK ("month" ~ '^[0-9]{4}-(0[1-9]|1[0-2])$')
);

-- The bookings of locked months, as they were then. `corrects`: the locked month whose later changes it books.
CREATE TABLE "ledger_entries" (
    "chain_id" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "corrects" TEXT,
    "business_date" DATE NOT NULL,
    "account_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "minor" BIGINT NOT NULL,
    "debit_number" TEXT NOT NULL,
    "debit_name" TEXT NOT NULL,
    "credit_number" TEXT NOT NULL,
    "credit_name" TEXT NOT NULL,
    CONSTRAINT "ledger_entries_pkey" PRIMARY KEY ("chain_id", "month", "number"),
    CONSTRAINT "ledger_entries_nothing" CHECK ("minor" <> 0)
);
CREATE TRIGGER "ledger_entries_are_kept" BEFORE UPDATE OR DELETE ON "ledger_entries" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "ledger_periods_are_kept" BEFORE UPDATE OR DELETE ON "ledger_periods" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();

-- Whether somebody has found a reason for a line that was settled otherwise than expected.
CREATE INDEX "breaks_alipay" ON "breaks"("alipay_id") WHERE "alipay_id" IS NOT NULL;
