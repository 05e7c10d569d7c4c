-- Months of transaction files' rows consist of portions, as those of settled rows do: 0 for all small files, and one for each large file, whose table tells what all its rows have in common.
-- What the comparison of a day reads of each row comes first, and of that what has a fixed length: PostgreSQL walks through a row's columns up to the last one that it needs.
DROP INDEX "lines_alipay";
DROP INDEX "lines_file";
ALTER TABLE "lines" RENAME TO "lines_before";
CREATE TABLE "lines" (
    "line" INTEGER NOT NULL,
    "business_date" DATE NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "file_id" UUID NOT NULL,
    "class" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "alipay_id" TEXT NOT NULL,
    "store_id" TEXT,
    "account_id" TEXT NOT NULL,
    "original_id" TEXT,
    "request_id" TEXT,
    "order_key" TEXT,
    "net_currency" TEXT,
    "net_minor" BIGINT,
    "fee_minor" BIGINT,
    "paid_at" TIMESTAMPTZ(3) NOT NULL,
    "at" BIGINT,
    "raw" TEXT,
    "portion" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "lines_class" CHECK ("class" IN ('order', 'account-entry', 'not-ours', 'not-successful', 'unknown'))
) PARTITION BY RANGE ("business_date");
DO $$
DECLARE month RECORD;
BEGIN
    FOR month IN
        SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '"lines_before"'::regclass
    LOOP
        EXECUTE format('ALTER TABLE "lines_before" DETACH PARTITION %I', month.name);
        EXECUTE format('ALTER TABLE %I RENAME TO %I', month.name, month.name || '_0');
        EXECUTE format('ALTER TABLE %I ADD COLUMN "portion" INTEGER NOT NULL DEFAULT 0', month.name || '_0');
        EXECUTE format('CREATE TABLE %I PARTITION OF "lines" %s PARTITION BY LIST ("portion")', month.name, month.bounds);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (0)', month.name, month.name || '_0');
    END LOOP;
END $$;
DROP TABLE "lines_before";
-- Ranges of several columns serve each of them alone, and are kept in one go.
CREATE INDEX "lines_places" ON "lines" USING brin ("alipay_id", "file_id", "line") WITH (pages_per_range = 32, autosummarize = on);
ALTER SEQUENCE "settled_portions" RENAME TO "portions";
