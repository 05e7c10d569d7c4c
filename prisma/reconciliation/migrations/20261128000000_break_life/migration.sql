-- A break is explained, resolved by two persons or by a later file, and opened again. What stands is in its row, what happened in its history.
ALTER TABLE "breaks"
    DROP CONSTRAINT "breaks_status",
    DROP CONSTRAINT "breaks_end",
    ADD COLUMN "store_id" TEXT,
    ADD COLUMN "caused_by" TEXT,
    ADD COLUMN "owner" TEXT,
    ADD COLUMN "due_on" DATE,
    ADD COLUMN "entries" INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN "explanation" TEXT,
    ADD COLUMN "proposed_by_kind" TEXT,
    ADD COLUMN "proposed_by" TEXT,
    ADD COLUMN "proposal_reason" TEXT,
    ADD COLUMN "proposal_number" INTEGER,
    ADD COLUMN "resolution" TEXT,
    ADD COLUMN "approved_by" TEXT,
    ADD COLUMN "evidence_file_id" UUID,
    ADD COLUMN "evidence_line" INTEGER;
UPDATE "breaks" SET
    "due_on" = ("opened_at" AT TIME ZONE interval '8 hours')::date + 2,
    "entries" = CASE "status" WHEN 'resolved' THEN 2 ELSE 1 END,
    "resolution" = CASE "status" WHEN 'resolved' THEN 'evidence' END;
ALTER TABLE "breaks"
    ALTER COLUMN "due_on" SET NOT NULL,
    ADD CONSTRAINT "breaks_status" CHECK ("status" IN ('open', 'explained', 'being-resolved', 'resolved', 'reopened')),
    ADD CONSTRAINT "breaks_end" CHECK (("status" = 'resolved') = ("resolved_at" IS NOT NULL) AND ("status" = 'resolved') = ("resolution" IS NOT NULL)),
    ADD CONSTRAINT "breaks_resolution" CHECK ("resolution" IN ('evidence', 'approval') AND ("resolution" = 'approval') = ("approved_by" IS NOT NULL) OR "resolution" IS NULL AND "approved_by" IS NULL),
    ADD CONSTRAINT "breaks_proposal" CHECK (num_nonnulls("proposed_by_kind", "proposed_by", "proposal_reason", "proposal_number") IN (0, 4)
        AND ("proposed_by" IS NOT NULL) = ("status" = 'being-resolved' OR "approved_by" IS NOT NULL)),
    -- Four eyes.
    ADD CONSTRAINT "breaks_approval" CHECK ("approved_by" <> "proposed_by"),
    -- A consequence risks nothing: the money is counted where its cause is.
    ADD CONSTRAINT "breaks_consequence" CHECK ("caused_by" IS NULL OR "risk_minor" = 0);
DROP INDEX "breaks_open";
CREATE INDEX "breaks_open" ON "breaks"("account_id", "business_date") WHERE "status" <> 'resolved';
CREATE INDEX "breaks_amount" ON "breaks"("chain_id", "risk_currency", "risk_minor", "id");
CREATE INDEX "breaks_due" ON "breaks"("chain_id", "due_on", "id");

-- Who did what, when and why. Rows are added and never changed.
CREATE TABLE "break_history" (
    "break_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by_kind" TEXT NOT NULL,
    "by_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "text" TEXT,
    "details" JSONB NOT NULL,
    CONSTRAINT "break_history_pkey" PRIMARY KEY ("break_id", "number"),
    CONSTRAINT "break_history_by" CHECK ("by_kind" IN ('person', 'system'))
);
INSERT INTO "break_history" ("break_id", "number", "at", "by_kind", "by_name", "action", "details")
    SELECT "id", 1, "opened_at", 'system', 'reconciliation', 'opened', '{}'::jsonb FROM "breaks"
    UNION ALL
    SELECT "id", 2, "resolved_at", 'system', 'reconciliation', 'closed-by-evidence', '{}'::jsonb FROM "breaks" WHERE "status" = 'resolved';

CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are added and never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "break_history_is_kept" BEFORE UPDATE OR DELETE ON "break_history" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
