-- When a system of the chain was first known to have heard that the order is paid. Written only for chains that acknowledge.
ALTER TABLE "orders"
    ADD COLUMN "acknowledged_at" TIMESTAMPTZ(3),
    ADD CONSTRAINT "orders_acknowledged" CHECK ("acknowledged_at" IS NULL OR "paid_at" IS NOT NULL);
