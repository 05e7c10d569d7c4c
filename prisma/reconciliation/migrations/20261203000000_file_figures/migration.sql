-- What all rows of a file come to: added up while they are read, so that whoever compares their day need not go through them for it.
ALTER TABLE "files" ADD COLUMN "figures" JSONB;
-- Of files of before, in the same words. Their checksum is made in another way; only those of the same file have to agree.
UPDATE "files" f SET "figures" = r."figures"
FROM "files" g CROSS JOIN LATERAL (
    SELECT jsonb_build_object(
        'orders', count(*) FILTER (WHERE l."class" = 'order'),
        'unknown', count(*) FILTER (WHERE l."class" = 'unknown'),
        'paidSince', (min(l."paid_at") FILTER (WHERE l."class" = 'order') AT TIME ZONE INTERVAL '8 hours')::date,
        'isDated', coalesce(bool_and(l."paid_at" IS NOT NULL) FILTER (WHERE l."class" = 'order'), true),
        'isQuoted', coalesce(bool_or(l."quote_pair" IS NOT NULL), false),
        'sum', mod(coalesce(sum(l."hash"), 0), 18446744073709551616)::text) AS "figures"
    FROM (
        SELECT "class", "paid_at", NULL::text AS "quote_pair", hash_record_extended(row("class", "type", "alipay_id", "request_id", "order_key", "store_id", "currency", "amount_minor"), 0) AS "hash"
        FROM "lines" WHERE "file_id" = g."id" AND "business_date" = g."business_date"
        UNION ALL
        SELECT "class", "paid_at", "quote_pair", hash_record_extended(row("class", "type", "alipay_id", "request_id", "order_key", "store_id", "currency", "amount_minor", "batch_id", "net_currency", "net_minor", "fee_minor"), 0)
        FROM "settled_lines" WHERE "file_id" = g."id" AND "business_date" = g."business_date") l) r
WHERE g."id" = f."id" AND f."status" = 'in-force' AND f."report" IN ('transaction-items', 'settlement-items');
ALTER TABLE "files" ADD CONSTRAINT "files_figures" CHECK ("status" <> 'in-force' OR "report" NOT IN ('transaction-items', 'settlement-items') OR "figures" IS NOT NULL);
