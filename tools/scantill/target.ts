import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Problem } from '../bootstrap/problem.mjs';
import { DEFAULT_DATA_FOLDER } from '../stack/data-folder.ts';
import type { Io } from './io.ts';

/** Which reconciliation service is asked, and with which key. */
export interface Target {
  readonly url: string;
  readonly key: string;
}

export interface TargetOptions {
  readonly url?: string;
  readonly keyFile?: string;
}

interface DemoFile {
  readonly reconciliation: { readonly url: string };
  readonly apiKeys: { readonly 'finance-1': { readonly key: string } };
}

const DEMO_FILE = join(DEFAULT_DATA_FOLDER, 'demo.json');

/** What is not told is that of the demo that `npm start` runs here; its key goes to no other address than its own. @throws a `Problem` that says what to tell */
export function targetOf({ url, keyFile }: TargetOptions, { cwd, env }: Io, demoFile = DEMO_FILE): Target {
  const told = url ?? nonEmpty(env['SCANTILL_RECONCILIATION_URL']);
  const key = keyFile === undefined ? nonEmpty(env['SCANTILL_API_KEY']) : keyIn(resolve(cwd, keyFile));
  const demo = told === undefined ? demoIn(demoFile) : undefined;
  const found = { url: told ?? demo?.reconciliation.url, key: key ?? demo?.apiKeys['finance-1'].key };
  if (found.url === undefined) throw new Problem('No reconciliation service is named: give --url, or set SCANTILL_RECONCILIATION_URL. Where `npm start` runs, its own is found by itself.');
  if (!URL.canParse(found.url) || !/^https?:/.test(found.url)) throw new Problem(`"${found.url}" is no address of a service: give one like http://127.0.0.1:8084.`);
  if (found.key === undefined) throw new Problem('No API key is named: set SCANTILL_API_KEY, or give --key-file. It is never an argument, because everybody on this machine can read those.');
  return { url: found.url.replace(/\/+$/, ''), key: found.key };
}

function keyIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Problem(`The key file cannot be read: ${(error as Error).message}`);
  }
}

function demoIn(file: string): DemoFile | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoFile) : undefined;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
