-- What a store is told of its trading day is about no order.
ALTER TABLE "store_events" ALTER COLUMN "order_id" DROP NOT NULL;
