-- When and how a system of the chain was first known to have heard that the order is paid. Written only for chains that acknowledge.
-- Not checked of the orders that are there: that would read all of them while nobody could sell.
ALTER TABLE "orders"
    ADD COLUMN "acknowledged_at" TIMESTAMPTZ(3),
    ADD COLUMN "acknowledged_by" TEXT,
    ADD CONSTRAINT "orders_acknowledged" CHECK (("acknowledged_at" IS NULL) = ("acknowledged_by" IS NULL) AND ("acknowledged_at" IS NULL OR "paid_at" IS NOT NULL)) NOT VALID,
    ADD CONSTRAINT "orders_acknowledged_by" CHECK ("acknowledged_by" IN ('message', 'read')) NOT VALID;
