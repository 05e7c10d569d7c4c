-- What an account agreed with Alipay, for a time. A change is a new version; the one before stays, with the time at which it ended.
CREATE TABLE "contracts" (
    "account_id" TEXT NOT NULL,
    "valid_from" DATE NOT NULL,
    "version" INTEGER NOT NULL,
    "chain_id" TEXT NOT NULL,
    "valid_until" DATE,
    "terms" JSONB NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_by_kind" TEXT NOT NULL,
    "changed_by" TEXT NOT NULL,
    "superseded_at" TIMESTAMPTZ(3),
    CONSTRAINT "contracts_pkey" PRIMARY KEY ("account_id", "valid_from", "version"),
    CONSTRAINT "contracts_validity" CHECK ("valid_until" >= "valid_from"),
    -- Of each account one at a time. The account as a range of its hash: text has no operator here without an extension.
    CONSTRAINT "contracts_one_at_a_time" EXCLUDE USING gist (
        int8range(hashtextextended("account_id", 0), hashtextextended("account_id", 0), '[]') WITH &&,
        daterange("valid_from", "valid_until", '[]') WITH &&
    ) WHERE ("superseded_at" IS NULL)
);
CREATE UNIQUE INDEX "contracts_in_force" ON "contracts"("account_id", "valid_from") WHERE "superseded_at" IS NULL;
CREATE INDEX "contracts_chain" ON "contracts"("chain_id");

-- What follows from the contract in force when the expectation opened; null where there was none.
ALTER TABLE "expectations"
    ADD COLUMN "fee_currency" TEXT,
    ADD COLUMN "fee_minor" BIGINT,
    ADD COLUMN "payout_on" DATE,
    ADD COLUMN "late_on" DATE,
    ADD CONSTRAINT "expectations_fee" CHECK (("fee_currency" IS NULL) = ("fee_minor" IS NULL)),
    ADD CONSTRAINT "expectations_late" CHECK (("payout_on" IS NULL) = ("late_on" IS NULL) AND "late_on" > "payout_on");
CREATE INDEX "expectations_late" ON "expectations"("account_id", "late_on") WHERE "late_on" IS NOT NULL;
