-- What grows with sales is partitioned by business date, so that whole months can leave at once. The service makes the months as they come;
-- what is of another one is in the default partition.
ALTER TABLE "expectations" RENAME TO "expectations_whole";
CREATE TABLE "expectations" (LIKE "expectations_whole" INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE ("business_date");
CREATE TABLE "expectations_default" PARTITION OF "expectations" DEFAULT;
INSERT INTO "expectations" SELECT * FROM "expectations_whole";
DROP TABLE "expectations_whole";
-- A request has one expectation of each type. The day is part of the key because the table is cut by it.
ALTER TABLE "expectations" ADD CONSTRAINT "expectations_pkey" PRIMARY KEY ("request_id", "type", "business_date");
CREATE INDEX "expectations_order" ON "expectations"("order_key");
CREATE INDEX "expectations_day" ON "expectations"("account_id", "business_date");
CREATE INDEX "expectations_alipay" ON "expectations"("alipay_id");
CREATE INDEX "expectations_given_back" ON "expectations"("account_id", "business_date") WHERE "type" = 'CANCELLED' AND "basis" = 'give-back';
CREATE INDEX "expectations_late_success" ON "expectations"("account_id", "business_date") WHERE "basis" = 'late-success';
CREATE INDEX "expectations_late" ON "expectations"("account_id", "late_on") WHERE "late_on" IS NOT NULL;

-- A file is one part of a report: of a day, of a batch, or of a bank's statement. Of each part one file is in force; another edition waits
-- until a person accepts it, unless it only completes.
ALTER TABLE "files"
    ADD COLUMN "report" TEXT,
    ADD COLUMN "generation" TEXT,
    ADD COLUMN "part_of" TEXT,
    ADD COLUMN "accepted_by" TEXT,
    ADD COLUMN "accepted_at" TIMESTAMPTZ(3),
    DROP CONSTRAINT "files_status",
    DROP CONSTRAINT "files_read";
UPDATE "files" SET "report" = 'transaction-items', "generation" = 'A', "part_of" = "business_date"::text WHERE "status" IN ('in-force', 'superseded');
ALTER TABLE "files"
    ADD CONSTRAINT "files_status" CHECK ("status" IN ('received', 'pending', 'in-force', 'superseded', 'refused', 'cancelled')),
    ADD CONSTRAINT "files_report" CHECK ("report" IN ('transaction-items', 'settlement-items', 'settlement-summary', 'bank-statement')),
    ADD CONSTRAINT "files_generation" CHECK ("generation" IN ('A', 'B', 'C')),
    ADD CONSTRAINT "files_accepted" CHECK (("accepted_by" IS NULL) = ("accepted_at" IS NULL)),
    ADD CONSTRAINT "files_read" CHECK ("status" NOT IN ('pending', 'in-force', 'superseded')
        OR num_nulls("account_id", "business_date", "sequence", "lines", "totals", "report", "part_of") = 0);
DROP INDEX "files_in_force";
CREATE UNIQUE INDEX "files_in_force" ON "files"("account_id", "report", "part_of", "sequence") WHERE "status" = 'in-force';

-- Rows of transaction files. What lists an expectation of the same day under the same id and amount is matched by that alone; nothing is
-- written for it. The row as it stands in the file is read from there: `at` is its first byte. Rows that have none (spreadsheets) are in `raw`.
ALTER TABLE "lines" RENAME TO "lines_whole";
CREATE TABLE "lines" (
    "business_date" DATE NOT NULL,
    "file_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "account_id" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "alipay_id" TEXT NOT NULL,
    "original_id" TEXT,
    "request_id" TEXT,
    "order_key" TEXT,
    "store_id" TEXT,
    "currency" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "net_currency" TEXT,
    "net_minor" BIGINT,
    "fee_minor" BIGINT,
    "paid_at" TIMESTAMPTZ(3) NOT NULL,
    "at" BIGINT,
    "raw" TEXT,
    CONSTRAINT "lines_class" CHECK ("class" IN ('order', 'account-entry', 'not-ours', 'not-successful', 'unknown'))
) PARTITION BY RANGE ("business_date");
CREATE TABLE "lines_default" PARTITION OF "lines" DEFAULT;
INSERT INTO "lines" ("business_date", "file_id", "line", "account_id", "class", "type", "alipay_id", "request_id", "order_key", "currency", "amount_minor", "paid_at", "raw")
    SELECT f."business_date", l."file_id", l."line", l."account_id", 'order', l."type", l."alipay_id", nullif(l."request_id", ''), l."order_key", l."currency", l."amount_minor", l."paid_at", l."raw"
    FROM "lines_whole" l JOIN "files" f ON f."id" = l."file_id";
DROP TABLE "lines_whole";
-- Rows come by the million, in the order of Alipay's ids, which begin with their day: what is looked up one by one is found by ranges of them,
-- and what is joined is read as a whole.
CREATE INDEX "lines_alipay" ON "lines" USING brin ("alipay_id") WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX "lines_file" ON "lines" USING brin ("file_id", "line") WITH (pages_per_range = 32, autosummarize = on);

-- Rows of settlement files, by the day on which Alipay made the batch. Fees are signed as in the file, added up.
CREATE TABLE "settled_lines" (
    "business_date" DATE NOT NULL,
    "file_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "account_id" TEXT NOT NULL,
    "batch_id" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "alipay_id" TEXT NOT NULL,
    "original_id" TEXT,
    "request_id" TEXT,
    "order_key" TEXT,
    "store_id" TEXT,
    "currency" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "net_currency" TEXT NOT NULL,
    "net_minor" BIGINT NOT NULL,
    "fee_minor" BIGINT NOT NULL,
    "coupon_minor" BIGINT NOT NULL,
    "quote_pair" TEXT,
    "quote_price" TEXT,
    "paid_at" TIMESTAMPTZ(3),
    "at" BIGINT,
    "raw" TEXT,
    CONSTRAINT "settled_lines_class" CHECK ("class" IN ('order', 'account-entry', 'not-ours', 'not-successful', 'unknown'))
) PARTITION BY RANGE ("business_date");
CREATE TABLE "settled_lines_default" PARTITION OF "settled_lines" DEFAULT;
CREATE INDEX "settled_lines_alipay" ON "settled_lines"("alipay_id");
CREATE INDEX "settled_lines_file" ON "settled_lines" USING brin ("file_id", "line") WITH (pages_per_range = 32, autosummarize = on);

-- What the items of a settlement file come to, by batch and type. `fees`: by name, in the smallest unit, as text.
CREATE TABLE "batch_sums" (
    "file_id" UUID NOT NULL,
    "account_id" TEXT NOT NULL,
    "batch_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "net_minor" BIGINT NOT NULL,
    "coupon_minor" BIGINT NOT NULL,
    "fees" JSONB NOT NULL,
    CONSTRAINT "batch_sums_pkey" PRIMARY KEY ("file_id", "batch_id", "type", "currency")
);
CREATE INDEX "batch_sums_batch" ON "batch_sums"("account_id", "batch_id");

-- Rows of settlement summaries.
CREATE TABLE "summary_rows" (
    "file_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "account_id" TEXT NOT NULL,
    "batch_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "settled_at" TIMESTAMPTZ(3) NOT NULL,
    "currency" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "net_minor" BIGINT NOT NULL,
    "coupon_minor" BIGINT NOT NULL,
    "fees" JSONB NOT NULL,
    "raw" TEXT NOT NULL,
    CONSTRAINT "summary_rows_pkey" PRIMARY KEY ("file_id", "line")
);
CREATE INDEX "summary_rows_batch" ON "summary_rows"("account_id", "batch_id");

-- Booked lines of a bank's statement.
CREATE TABLE "bank_lines" (
    "file_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "account_id" TEXT NOT NULL,
    "booked_on" DATE NOT NULL,
    "currency" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "text" TEXT NOT NULL,
    "reference" TEXT,
    CONSTRAINT "bank_lines_pkey" PRIMARY KEY ("file_id", "line")
);
CREATE INDEX "bank_lines_booked" ON "bank_lines"("account_id", "booked_on");

-- What the comparison of a day leaves on either side, until the account as a whole is looked at: lines of other days may list it.
CREATE TABLE "rest_lines" (
    "account_id" TEXT NOT NULL,
    "business_date" DATE NOT NULL,
    "file_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "sequence" INTEGER NOT NULL,
    "class" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "alipay_id" TEXT NOT NULL,
    "original_id" TEXT,
    "request_id" TEXT,
    "order_key" TEXT,
    "store_id" TEXT,
    "currency" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "paid_at" TIMESTAMPTZ(3) NOT NULL,
    "at" BIGINT,
    "raw" TEXT,
    CONSTRAINT "rest_lines_pkey" PRIMARY KEY ("file_id", "line")
);
CREATE INDEX "rest_lines_day" ON "rest_lines"("account_id", "business_date");
CREATE TABLE "rest_expectations" (
    "account_id" TEXT NOT NULL,
    "business_date" DATE NOT NULL,
    "request_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    CONSTRAINT "rest_expectations_pkey" PRIMARY KEY ("request_id", "type")
);
CREATE INDEX "rest_expectations_day" ON "rest_expectations"("account_id", "business_date");

-- Which line lists an expectation where that is not plain from its day, id and amount.
ALTER TABLE "matches" RENAME TO "links";
ALTER TABLE "links" RENAME CONSTRAINT "matches_pkey" TO "links_pkey";
ALTER INDEX "matches_line" RENAME TO "links_line";
ALTER TABLE "links" ADD COLUMN "account_id" TEXT, ADD COLUMN "business_date" DATE;
UPDATE "links" k SET "account_id" = f."account_id", "business_date" = f."business_date" FROM "files" f WHERE f."id" = k."file_id";
DELETE FROM "links" WHERE "account_id" IS NULL;
ALTER TABLE "links" ALTER COLUMN "account_id" SET NOT NULL, ALTER COLUMN "business_date" SET NOT NULL;
CREATE INDEX "links_account" ON "links"("account_id");

-- Every comparison of a day and what it came to. `hash` is over matches and breaks without our ids and times: the same lines give the same.
ALTER TABLE "days" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'transactions', DROP CONSTRAINT "days_pkey", ADD CONSTRAINT "days_pkey" PRIMARY KEY ("account_id", "business_date", "kind"),
    ADD CONSTRAINT "days_kind" CHECK ("kind" IN ('transactions', 'settlement'));
CREATE TABLE "runs" (
    "account_id" TEXT NOT NULL,
    "business_date" DATE NOT NULL,
    "kind" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "chain_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "hash" TEXT NOT NULL,
    "lines" INTEGER NOT NULL,
    "matched" INTEGER NOT NULL,
    "breaks_opened" INTEGER NOT NULL,
    "breaks_resolved" INTEGER NOT NULL,
    "breaks_open" INTEGER NOT NULL,
    "files" JSONB NOT NULL,
    CONSTRAINT "runs_pkey" PRIMARY KEY ("account_id", "business_date", "kind", "version")
);
CREATE INDEX "runs_chain" ON "runs"("chain_id", "business_date");
