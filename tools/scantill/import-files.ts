import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FileView, ImportView } from '@scantill/contracts';
import { Problem } from '../bootstrap/problem.mjs';
import { fileBody } from './file-body.ts';
import { exitCodes, type ExitCode, type Io } from './io.ts';
import { breakCountsText, openBreaks, type BreakCount } from './open-breaks.ts';
import { ProgressLine } from './progress-line.ts';
import { NoAnswer, Refused, type Service } from './service.ts';
import { amountText, count, json } from './words.ts';

export interface ImportOptions {
  readonly account?: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

/** What came of a file. Without `file` it was not even kept. */
interface Outcome {
  readonly path: string;
  readonly file?: FileView;
  readonly wasKnown?: boolean;
  readonly error?: string;
}

const POLL_MS = { first: 100, longest: 1_000 };
/** A service that restarts goes on with its imports. */
const AWAY_WITHIN_MS = 60_000;
const FAULTS_SHOWN = 20;
/** A body that a proxy answers with says nothing. */
const UNAVAILABLE = [502, 503, 504];

/** Sends the files one after the other, follows their imports, and says what is open afterwards. A refused file does not stop the others. */
export async function importFiles(service: Service, paths: readonly string[], options: ImportOptions, io: Io): Promise<ExitCode> {
  // A key that is refused is answered before gigabytes are sent.
  await service.get('/v1/files', { limit: 1 });
  const outcomes: Outcome[] = [];
  for (const path of paths) {
    const outcome = await importFile(service, resolve(io.cwd, path), options, new ProgressLine(io.stderr));
    outcomes.push({ ...outcome, path });
    if (options.json !== true) io.stdout.write(outcomeText({ ...outcome, path }));
  }
  const accounts = options.wait ? await breaksOfAccounts(service, outcomes) : {};
  if (options.json === true) io.stdout.write(json({ files: outcomes, openBreaks: accounts }));
  else for (const [account, counts] of Object.entries(accounts)) io.stdout.write(`${account}: ${breakCountsText(counts)}`);
  if (outcomes.some(isFailed)) return exitCodes.error;
  const isWaiting = outcomes.some(({ file }) => file !== undefined && waitsForPerson(file));
  return isWaiting || Object.values(accounts).some((counts) => counts.length > 0) ? exitCodes.breaks : exitCodes.clean;
}

async function importFile(service: Service, path: string, { account, wait: waits }: ImportOptions, progress: ProgressLine): Promise<Omit<Outcome, 'path'>> {
  const name = basename(path);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) return { error: `there is no file ${path}` };
  let sent = 0;
  const body = fileBody(path, (bytes) => {
    sent += bytes;
    progress.show(`${name}  sending, ${Math.floor((sent * 100) / found.size)} %`);
  });
  try {
    const answer = await service.post<FileView | ImportView>('/v1/files', { name, account, waitSeconds: 0 }, body);
    const wasKnown = 'alreadyImported' in answer && answer.alreadyImported;
    return { file: await followed(service, answer.fileId, waits, (file) => progress.show(`${name}  ${progressText(file)}`)), wasKnown };
  } catch (error) {
    // That nobody answers is no answer about this file.
    if (error instanceof Refused && !UNAVAILABLE.includes(error.status)) return { error: error.message };
    throw error;
  } finally {
    progress.clear();
  }
}

/** The file once its import has ended; as it is now, where nobody waits. */
async function followed(service: Service, fileId: string, waits: boolean, tell: (file: FileView) => void): Promise<FileView> {
  let awaySinceMs: number | undefined;
  for (let pauseMs = POLL_MS.first; ; pauseMs = Math.min(pauseMs * 2, POLL_MS.longest)) {
    try {
      const file = await service.get<FileView>(`/v1/files/${fileId}`);
      awaySinceMs = undefined;
      if (!waits || file.status !== 'received') return file;
      tell(file);
    } catch (error) {
      const isAway = error instanceof NoAnswer || (error instanceof Refused && UNAVAILABLE.includes(error.status));
      awaySinceMs ??= performance.now();
      if (!isAway || performance.now() - awaySinceMs > AWAY_WITHIN_MS) throw isAway ? new Problem(`${(error as Error).message}\nThe file was received as ${fileId}; its import goes on by itself.`) : error;
    }
    await wait(pauseMs);
  }
}

/** By account; an account that has none is there with nothing. */
async function breaksOfAccounts(service: Service, outcomes: readonly Outcome[]): Promise<Record<string, BreakCount[]>> {
  const accounts = new Set(outcomes.flatMap(({ file }) => (file?.accountId != null ? [file.accountId] : [])));
  const found: Record<string, BreakCount[]> = {};
  for (const account of [...accounts].sort()) found[account] = await openBreaks(service, account);
  return found;
}

function isFailed({ file, error }: Outcome): boolean {
  return error !== undefined || file?.status === 'refused' || file?.status === 'cancelled';
}

/** A re-issue that changes what an earlier file said. */
function waitsForPerson({ status }: { readonly status: string }): boolean {
  return status === 'pending';
}

function progressText({ progress }: FileView): string {
  if (progress === null) return 'waiting';
  return progress.rows === 0 ? progress.stage : `${progress.stage}, ${count(progress.rows, 'row')}, ${progress.rowsPerSecond.toLocaleString('en-US')}/s`;
}

function outcomeText({ path, file, wasKnown, error }: Outcome): string {
  if (file === undefined) return `${path}: ${error}\n`;
  const { status, refusal, accountId, date, lines, totals, fileId, progress } = file;
  if (refusal !== null) return `${path}: refused, ${refusal.detail} (${refusal.reason})\n${refusal.faults.slice(0, FAULTS_SHOWN).map(faultText).join('')}${moreText(refusal.faultCount)}`;
  if (waitsForPerson(file)) return `${path}: waits for a person to accept it, because it changes what an earlier file said (POST /v1/files/${fileId}/accept)\n`;
  if (status === 'received') return `${path}: ${progress?.stage ?? 'waiting'}; GET /v1/files/${fileId} says how far it is\n`;
  if (status === 'cancelled') return `${path}: its import was cancelled by ${progress?.cancelledBy ?? 'somebody'}; send it again to import it\n`;
  const sums = (totals ?? []).map(amountText).join(', ');
  return `${path}: ${wasKnown === true ? 'is in force already' : status}, ${accountId} ${date}, ${count(lines ?? 0, 'row')}${sums === '' ? '' : `, ${sums}`}\n`;
}

function faultText({ line, column, reason }: { readonly line: number | null; readonly column: string | null; readonly reason: string }): string {
  const where = [line === null ? null : `line ${line}`, column].filter((part) => part !== null).join(', ');
  return `  ${where === '' ? '' : `${where}: `}${reason}\n`;
}

function moreText(faults: number): string {
  return faults > FAULTS_SHOWN ? `  and ${faults - FAULTS_SHOWN} more\n` : '';
}
