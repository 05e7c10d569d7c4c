-- A month of settled rows consists of portions: 0 for all small files, and one for each large file, which is filled before it is indexed and then joined to its month.
-- Making an index of rows that are there takes a fraction of the time that it takes to keep one row by row.
DROP INDEX "settled_lines_alipay";
ALTER TABLE "settled_lines" RENAME TO "settled_lines_before";
CREATE TABLE "settled_lines" (LIKE "settled_lines_before" INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE, "portion" INTEGER NOT NULL DEFAULT 0) PARTITION BY RANGE ("business_date");
DO $$
DECLARE month RECORD;
BEGIN
    FOR month IN
        SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '"settled_lines_before"'::regclass
    LOOP
        EXECUTE format('ALTER TABLE "settled_lines_before" DETACH PARTITION %I', month.name);
        EXECUTE format('ALTER TABLE %I RENAME TO %I', month.name, month.name || '_0');
        EXECUTE format('ALTER TABLE %I ADD COLUMN "portion" INTEGER NOT NULL DEFAULT 0', month.name || '_0');
        EXECUTE format('CREATE TABLE %I PARTITION OF "settled_lines" %s PARTITION BY LIST ("portion")', month.name, month.bounds);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (0)', month.name, month.name || '_0');
    END LOOP;
END $$;
DROP TABLE "settled_lines_before";
-- Of ids only hashes: they are a third as large, and sorted in half the time.
CREATE INDEX "settled_lines_alipay" ON "settled_lines"(hashtextextended("alipay_id", 0));
CREATE INDEX "settled_lines_file" ON "settled_lines" USING brin ("file_id", "line") WITH (pages_per_range = 32, autosummarize = on);
CREATE SEQUENCE "settled_portions" AS INTEGER;
