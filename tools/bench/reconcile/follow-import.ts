import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FileView, ImportView } from '@scantill/contracts';
import { Problem } from '../../bootstrap/problem.mjs';
import { report } from '../../bootstrap/progress.mjs';
import { fileBody } from '../../scantill/file-body.ts';
import type { Service } from '../../scantill/service.ts';

/** What the API shows of an import while it runs: the stage's name, and how long the file stood at it. */
export interface ImportTimes {
  readonly fileId: string;
  readonly wholeMs: number;
  readonly stagesMs: Readonly<Record<string, number>>;
}

/** Stages are seen this exactly. */
const POLL_MS = 50;
const TELL_EVERY_MS = 5_000;

/** Sends the file and waits until it is matched. The first stage is its way to the service, which keeps it as it comes. @throws a `Problem` when it is not taken in */
export async function followImport(service: Service, path: string, signal: AbortSignal): Promise<ImportTimes> {
  const startedMs = performance.now();
  const stagesMs: Record<string, number> = {};
  const { fileId } = await service.post<FileView | ImportView>('/v1/files', { name: basename(path), waitSeconds: 0 }, fileBody(path, () => undefined));
  let sinceMs = performance.now();
  stagesMs['receiving'] = sinceMs - startedMs;
  let toldMs = sinceMs;
  for (let stage = 'waiting'; ; ) {
    signal.throwIfAborted();
    const file = await service.get<FileView>(`/v1/files/${fileId}`);
    const nowMs = performance.now();
    const { rows = 0, rowsPerSecond = 0, stage: next = 'ended' } = file.progress ?? {};
    stagesMs[stage] = (stagesMs[stage] ?? 0) + nowMs - sinceMs;
    // Another attempt would not be faster for it, and its figures would not be those of an import.
    if (stage !== 'waiting' && next === 'waiting') throw new Problem(`The import broke off while ${stage} and begins anew: the log of the service says why.`);
    [stage, sinceMs] = [next, nowMs];
    if (file.status === 'in-force') return { fileId, wholeMs: nowMs - startedMs, stagesMs };
    if (file.status !== 'received') throw new Problem(`The file is ${file.status}: ${JSON.stringify(file.refusal)}`);
    if (nowMs - toldMs > TELL_EVERY_MS) {
      report(stage, `${rows.toLocaleString('en-US')} rows, ${rowsPerSecond.toLocaleString('en-US')}/s`);
      toldMs = nowMs;
    }
    await wait(POLL_MS);
  }
}
