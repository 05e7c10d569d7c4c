-- Any report can be missing. A file dated from `business_date` until `until` is the one that was waited for: a day's file is of that day,
-- and of settlement files only the day of the pay-out and its tolerance are known beforehand.
ALTER TABLE "missing_days"
    ADD COLUMN "report" TEXT NOT NULL DEFAULT 'transaction-items',
    ADD COLUMN "until" DATE,
    DROP CONSTRAINT "missing_days_pkey",
    ADD CONSTRAINT "missing_days_pkey" PRIMARY KEY ("account_id", "report", "business_date"),
    ADD CONSTRAINT "missing_days_report" CHECK ("report" IN ('transaction-items', 'settlement-items'));
UPDATE "missing_days" SET "until" = "business_date";
ALTER TABLE "missing_days" ALTER COLUMN "until" SET NOT NULL, ADD CONSTRAINT "missing_days_until" CHECK ("until" >= "business_date");
