-- By when a system of the chain must have heard of a payment. Null for chains that do not acknowledge, which so pay nothing for it.
ALTER TABLE "expectations" ADD COLUMN "acknowledge_by" TIMESTAMPTZ(3);
-- Holds back whoever writes expectations while it reads what is there. It indexes none of that, so it takes as long as reading the partitions once.
CREATE INDEX "expectations_acknowledge" ON "expectations"("account_id", "acknowledge_by") WHERE "acknowledge_by" IS NOT NULL;

-- How a paid order was first heard of, by the day in UTC+8 on which it was, so that whole months can leave at once. It may be known before the payment is.
CREATE TABLE "acknowledgements" (
    "order_key" TEXT NOT NULL,
    "heard_on" DATE NOT NULL,
    "by" TEXT NOT NULL,
    "heard_at" TIMESTAMPTZ(3) NOT NULL,
    "event_id" TEXT NOT NULL,
    CONSTRAINT "acknowledgements_pkey" PRIMARY KEY ("order_key", "heard_on"),
    CONSTRAINT "acknowledgements_by" CHECK ("by" IN ('webhook', 'message', 'read'))
) PARTITION BY RANGE ("heard_on");
CREATE TABLE "acknowledgements_default" PARTITION OF "acknowledgements" DEFAULT;

-- A break can end by an event of ours, too.
ALTER TABLE "breaks" ADD COLUMN "evidence_event_id" TEXT;
