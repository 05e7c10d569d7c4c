-- A file is kept from the moment it is received, before anybody reads it: also one that is refused, or whose import was cancelled.
ALTER TABLE "files"
    ALTER COLUMN "account_id" DROP NOT NULL,
    ALTER COLUMN "business_date" DROP NOT NULL,
    ALTER COLUMN "sequence" DROP NOT NULL,
    ALTER COLUMN "lines" DROP NOT NULL,
    ALTER COLUMN "totals" DROP NOT NULL,
    ADD COLUMN "source" TEXT NOT NULL DEFAULT 'upload',
    ADD COLUMN "source_path" TEXT,
    ADD COLUMN "account_told" TEXT,
    ADD COLUMN "problem" TEXT,
    ADD COLUMN "reason" TEXT,
    ADD COLUMN "detail" TEXT,
    ADD COLUMN "faults" JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN "fault_count" INTEGER NOT NULL DEFAULT 0,
    DROP CONSTRAINT "files_status",
    ADD CONSTRAINT "files_status" CHECK ("status" IN ('received', 'in-force', 'superseded', 'refused', 'cancelled')),
    ADD CONSTRAINT "files_source" CHECK ("source" IN ('upload', 'folder', 'sftp')),
    ADD CONSTRAINT "files_read" CHECK ("status" NOT IN ('in-force', 'superseded')
        OR num_nulls("account_id", "business_date", "sequence", "lines", "totals") = 0),
    ADD CONSTRAINT "files_refused" CHECK (("status" = 'refused') = ("problem" IS NOT NULL AND "reason" IS NOT NULL AND "detail" IS NOT NULL));
ALTER TABLE "files" ALTER COLUMN "source" DROP DEFAULT;
CREATE INDEX "files_received" ON "files"("chain_id", "received_at" DESC, "id" DESC);
CREATE INDEX "files_content" ON "files"("sha256");

-- How far the import of a file is. Apart from the file, whose row an import holds until it ends.
CREATE TABLE "imports" (
    "file_id" UUID NOT NULL,
    "stage" TEXT NOT NULL DEFAULT 'waiting',
    "rows" INTEGER NOT NULL DEFAULT 0,
    "rows_per_second" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "begun_at" TIMESTAMPTZ(3),
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "cancelled_by" TEXT,
    CONSTRAINT "imports_pkey" PRIMARY KEY ("file_id"),
    CONSTRAINT "imports_stage" CHECK ("stage" IN ('waiting', 'reading', 'keeping', 'matching', 'ended'))
);

-- What was seen at a source, so that it is fetched once: a path with another size or time is looked at again.
CREATE TABLE "source_files" (
    "source_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "modified_at" TIMESTAMPTZ(3) NOT NULL,
    "file_id" UUID NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "source_files_pkey" PRIMARY KEY ("source_id", "path")
);

-- How a source answered last.
CREATE TABLE "sources" (
    "id" TEXT NOT NULL,
    "first_answer_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "sources_pkey" PRIMARY KEY ("id")
);

-- Days whose file did not come in time.
CREATE TABLE "missing_days" (
    "account_id" TEXT NOT NULL,
    "business_date" DATE NOT NULL,
    "chain_id" TEXT NOT NULL,
    "noticed_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "missing_days_pkey" PRIMARY KEY ("account_id", "business_date")
);
