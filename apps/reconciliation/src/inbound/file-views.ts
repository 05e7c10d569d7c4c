import { fromMoney, type FileSummary, type FileView, type ImportView } from '@scantill/contracts';
import type { FindFiles } from '../flows/find-files.js';
import type { Imported } from '../flows/import-file.js';

type KeptFile = NonNullable<Awaited<ReturnType<FindFiles['one']>>>;

export function toFileSummary(file: KeptFile): FileSummary {
  const { faults: _, ...refusal } = file.refusal ?? { faults: [] };
  return { ...common(file), refusal: file.refusal === null ? null : refusal as Omit<NonNullable<KeptFile['refusal']>, 'faults'> };
}

export function toFileView(file: KeptFile): FileView {
  return { ...common(file), refusal: file.refusal === null ? null : { ...file.refusal, faults: [...file.refusal.faults] } };
}

function common({ id, name, status, source, sourcePath, sha256, bytes, receivedAt, receivedBy, accountId, date, sequence, lines, totals, progress }: KeptFile): Omit<FileSummary, 'refusal'> {
  return {
    fileId: id, name, status, source, sourcePath, sha256, bytes: bytes.toString(), receivedAt: receivedAt.toISOString(), receivedBy,
    accountId, date, sequence, lines, totals: totals?.map(fromMoney) ?? null,
    progress: progress === null ? null : { ...progress, changedAt: progress.changedAt.toISOString() },
  };
}

export function toImportView({ file, isKnown, supersedes, matched, breaksOpened, breaksResolved }: Imported, durationMs: number): ImportView {
  return {
    fileId: file.id, name: file.name, sha256: file.sha256, accountId: file.accountId, date: file.date, sequence: file.sequence, alreadyImported: isKnown, supersedes,
    lines: file.lines, totals: file.totals.map(fromMoney), matched, breaksOpened, breaksResolved, durationMs,
  };
}
