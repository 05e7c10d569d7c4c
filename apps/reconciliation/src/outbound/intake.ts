import type { AmountUnit, FileGeneration } from '@scantill/alipay';
import type { Money, Result } from '@scantill/kernel';
import type { Account } from '@scantill/platform';
import type { Bulk } from './bulk.js';
import type { FileFigures } from './file-figures.js';

/** One of Alipay's reports on the disk, before anybody has read it. */
export interface UnreadReport {
  readonly path: string;
  readonly format: 'csv' | 'xlsx';
  /** In which the account's files carry amounts. */
  readonly unit: AmountUnit;
}

/** A bank's statement. */
export interface UnreadStatement {
  readonly path: string;
  readonly name: string;
  /** Those that it may belong to: the sender's, or the one that was told. */
  readonly accounts: readonly Account[];
}

/** What a file says of itself. Its rows stand in a table that ends with the transaction. */
export interface Staged {
  readonly lines: number;
  readonly totals: readonly Money[];
  /** Null where it is no report of Alipay's. */
  readonly generation: FileGeneration | null;
  /** As its rows name the account to Alipay; none in an empty file, and in a statement. */
  readonly customerIds: readonly string[];
  /** Where the file tells it otherwise than by a customer. */
  readonly accountId: string | null;
  /** `YYYY-MM-DD`: of a settlement its day in UTC+8, of a statement the last day that it covers. Null where an empty file does not tell. */
  readonly date: string | null;
  /** Of the file's own, where its name does not tell what it is a part of. */
  readonly partOf: string | null;
  readonly batchIds: readonly string[];
  /** Alipay's ids that may be in it more than once, where they were looked for; null: any. */
  readonly maybeTwice: readonly string[] | null;
  /** Null where it has no rows that are compared by the day. */
  readonly figures: FileFigures | null;
}

export interface TakenFile {
  readonly id: string;
  readonly accountId: string;
  readonly chainId: string;
}

/** Where its rows are: those of other days need not be looked at. */
export interface FileOfDay {
  readonly id: string;
  readonly date: string;
}

/** How one kind of file gets from the disk into its tables, in one transaction. It keeps nothing between the steps but the staged rows. */
export interface Intake<Unread, Refused> {
  /** Reads and checks all of it. @param read hears how many rows were read */
  stage(bulk: Bulk, file: Unread, read: (rows: number) => void): Promise<Result<Staged, Refused>>;
  /** Whether what is staged says everything that another file says, unchanged, and at most more: then it may supersede by itself. */
  completes(bulk: Bulk, other: FileOfDay, file: FileOfDay): Promise<boolean>;
  keep(bulk: Bulk, file: TakenFile): Promise<void>;
}
