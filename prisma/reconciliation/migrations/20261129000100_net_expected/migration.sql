-- What a row's own figures come to, where that is not the net amount that it lists; and why it cannot be computed, where it cannot.
ALTER TABLE "settled_lines" ADD COLUMN "expected_net_minor" BIGINT, ADD COLUMN "net_fault" TEXT,
    ADD CONSTRAINT "settled_lines_net_fault" CHECK ("net_fault" IN ('NetDiffers', 'QuoteMissing', 'QuoteOfOthers', 'FeeCurrencyDiffers'));

-- What tells one transaction from another: Alipay's id, but for the refunds of generation C, which carry that of their payment.
ALTER TABLE "rest_lines" ADD COLUMN "identity" TEXT NOT NULL;

CREATE INDEX "break_history_at" ON "break_history"("at");
