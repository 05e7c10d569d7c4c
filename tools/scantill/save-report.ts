import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { exitCodes, type ExitCode, type Io } from './io.ts';
import type { Service } from './service.ts';

export const reportFormats = ['xlsx', 'csv', 'json', 'audit-pack'] as const;
type ReportFormat = (typeof reportFormats)[number];

export interface ReportOptions {
  readonly format: ReportFormat;
  readonly output: string;
  readonly table?: string;
  readonly account?: string;
  readonly store?: string;
}

const ROUTES: Readonly<Record<ReportFormat, string>> = {
  xlsx: '/v1/reports.xlsx', csv: '/v1/reports.csv', json: '/v1/reports', 'audit-pack': '/v1/reports/audit-pack.zip',
};

/** Streamed to the disk; under its name only when it is whole. */
export async function saveReport(service: Service, period: { readonly from: string; readonly to: string }, options: ReportOptions, { cwd, stdout }: Io): Promise<ExitCode> {
  const { format, output, table, account, store } = options;
  const content = await service.stream(ROUTES[format], { ...period, table, account, store });
  if (output === '-') {
    for await (const chunk of content as AsyncIterable<Buffer>) stdout.write(chunk);
    return exitCodes.clean;
  }
  const path = resolve(cwd, output);
  try {
    await pipeline(content, createWriteStream(`${path}.part`));
    await rename(`${path}.part`, path);
  } catch (error) {
    await rm(`${path}.part`, { force: true });
    throw error;
  }
  stdout.write(`${path}\n`);
  return exitCodes.clean;
}
