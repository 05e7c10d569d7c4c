-- In a migration of its own, since the statements of one hold their locks to its end: orders are read here while others write them.
ALTER TABLE "orders" VALIDATE CONSTRAINT "orders_acknowledged", VALIDATE CONSTRAINT "orders_acknowledged_by";
