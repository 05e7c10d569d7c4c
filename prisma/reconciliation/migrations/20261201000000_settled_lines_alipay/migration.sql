-- Payments come in the order of their ids, and nearly all rows are payments: with them at the end of the index each one goes to its last page, which
-- PostgreSQL knows without a search. Refunds have ids of another series and would stand between or after them.
DROP INDEX "settled_lines_alipay";
CREATE INDEX "settled_lines_alipay" ON "settled_lines"(("type" = 'PAYMENT'), "alipay_id");
