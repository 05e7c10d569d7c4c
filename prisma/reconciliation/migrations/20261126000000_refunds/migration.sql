-- Refunds are expected like payments: by the id of our request and by Alipay's own. For a payment the request is the payment itself.
ALTER TABLE "expectations" ADD COLUMN "request_id" TEXT;
UPDATE "expectations" SET "request_id" = "payment_id";
ALTER TABLE "expectations"
    ALTER COLUMN "request_id" SET NOT NULL,
    DROP CONSTRAINT "expectations_pkey",
    DROP CONSTRAINT "expectations_type",
    DROP CONSTRAINT "expectations_basis",
    ADD CONSTRAINT "expectations_pkey" PRIMARY KEY ("request_id", "type"),
    ADD CONSTRAINT "expectations_type" CHECK ("type" IN ('PAYMENT', 'CANCELLED', 'REFUND', 'REFUND_REVERSAL')),
    ADD CONSTRAINT "expectations_basis" CHECK ("basis" IN ('success', 'late-success', 'reported', 'closed', 'give-back', 'refund', 'reversal')),
    ADD CONSTRAINT "expectations_request" CHECK (("request_id" = "payment_id") = ("type" IN ('PAYMENT', 'CANCELLED'))),
    -- Signed as in Alipay's files: what goes back to the customer is negative.
    ADD CONSTRAINT "expectations_sign" CHECK (("amount_minor" < 0) = ("type" = 'REFUND'));
ALTER TABLE "expectations" RENAME COLUMN "alipay_payment_id" TO "alipay_id";
ALTER INDEX "expectations_alipay_payment" RENAME TO "expectations_alipay";
-- The few cancels that gave money back: each must be listed where its payment is.
CREATE INDEX "expectations_given_back" ON "expectations"("account_id", "business_date") WHERE "type" = 'CANCELLED' AND "basis" = 'give-back';

ALTER TABLE "matches" RENAME COLUMN "payment_id" TO "request_id";

ALTER TABLE "breaks" ADD COLUMN "request_id" TEXT;
UPDATE "breaks" SET "request_id" = "payment_id";
CREATE INDEX "breaks_order" ON "breaks"("order_key");
