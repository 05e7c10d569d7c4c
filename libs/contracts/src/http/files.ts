import { z } from 'zod';
import { businessDate, sha256Hex } from '../events/reconciliation-events.js';
import { instant, signedAmount } from '../fields.js';

export const FILES_PAGE_MAX = 200;
/** Enough to see what is wrong with a file; a file of another kind has a fault in every row. */
export const FILE_FAULTS_MAX = 1_000;

export const fileStatus = z.enum(['received', 'pending', 'in-force', 'superseded', 'refused', 'cancelled'])
  .describe('received: kept, its import is waiting or under way; pending: it changes what an earlier edition said, and waits for a person to accept it; superseded: another one stands for its part of the day');
export const fileSource = z.enum(['upload', 'folder', 'sftp']);

export const filesQuery = z.strictObject({
  status: fileStatus.optional(),
  source: fileSource.optional(),
  account: z.string().max(64).optional(),
  date: businessDate.optional(),
  after: z.uuid().optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(FILES_PAGE_MAX).default(50),
});
export type FilesQuery = z.infer<typeof filesQuery>;

export const fileParams = z.object({ fileId: z.uuid() });

const summary = {
  fileId: z.string(), name: z.string(), status: fileStatus,
  source: fileSource, sourcePath: z.string().nullable().describe('Where it lay at its source'),
  sha256: sha256Hex, bytes: z.string(), receivedAt: instant, receivedBy: z.string().describe('Who uploaded it, or the source that it came from'),
  accountId: z.string().nullable(), date: businessDate.nullable(), sequence: z.int().nullable(),
  lines: z.int().nullable(), totals: z.array(signedAmount).nullable(),
  progress: z.object({
    stage: z.enum(['waiting', 'reading', 'keeping', 'matching', 'ended']),
    rows: z.int().describe('Read so far'), rowsPerSecond: z.int(),
    changedAt: instant, cancelledBy: z.string().nullable(),
  }).nullable().describe('Of its import; null for files that are older than this list'),
};
const refusal = {
  problem: z.string().describe('Stable problem code'), reason: z.string().describe('Stable, and more precise'), detail: z.string(),
  faultCount: z.int().describe('Rows at fault, and other faults, altogether'),
};
const fault = z.object({ line: z.int().nullable(), column: z.string().nullable(), reason: z.string() });

export const fileSummary = z.object({ ...summary, refusal: z.object(refusal).nullable() });
export type FileSummary = z.infer<typeof fileSummary>;

export const fileView = z.object({ ...summary, refusal: z.object({ ...refusal, faults: z.array(fault).describe(`At most ${FILE_FAULTS_MAX}`) }).nullable() });
export type FileView = z.infer<typeof fileView>;

export const filesView = z.object({ files: z.array(fileSummary).describe('The newest first'), next: z.string().nullable().describe('Null on the last page') });
export type FilesView = z.infer<typeof filesView>;
