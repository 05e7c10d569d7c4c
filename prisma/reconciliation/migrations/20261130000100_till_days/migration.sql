-- What stores say that their tills came to in a trading day. The edition that came last stands, and of what came at one moment the one with the highest number; none is ever changed.
CREATE TABLE "till_closings" (
    "chain_id" TEXT NOT NULL,
    "store_id" TEXT NOT NULL,
    "trading_date" DATE NOT NULL,
    "event_id" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "until_at" TIMESTAMPTZ(3) NOT NULL,
    "totals" JSONB NOT NULL,
    "accounts" JSONB NOT NULL,
    "closed_at" TIMESTAMPTZ(3) NOT NULL,
    "signed_by" TEXT NOT NULL,
    "sent_by" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "number" BIGSERIAL NOT NULL,
    CONSTRAINT "till_closings_pkey" PRIMARY KEY ("chain_id", "store_id", "trading_date", "event_id"),
    CONSTRAINT "till_closings_window" CHECK ("until_at" > "from_at")
);
-- By the end of the day: nothing that is paid just now is in one that has ended, so the way of an order finds nothing to read here.
CREATE INDEX "till_closings_until" ON "till_closings"("chain_id", "store_id", "until_at");
CREATE TRIGGER "till_closings_are_kept" BEFORE UPDATE OR DELETE ON "till_closings" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();

-- What differs in words, where the amounts do not say it all.
ALTER TABLE "breaks" ADD COLUMN "note" TEXT;
