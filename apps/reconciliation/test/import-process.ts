import 'reflect-metadata';
import { join } from 'node:path';
import { createPlatform } from '@scantill/platform';
import { wire } from '../src/reconciliation.module.js';
import type { Errand, ProcessSettings } from './own-process.js';

/** The service in a process of its own, without topics and doors: it does what it is told to, and may be killed in the middle of it. */
const { databaseUrl, folder, clockStart, application, ...own } = JSON.parse(process.argv[2] ?? '{}') as ProcessSettings;
const url = new URL(databaseUrl);
url.searchParams.set('application_name', application);
const platform = createPlatform('reconciliation', url.href, {
  KAFKA_BROKERS: ['127.0.0.1:1'], DIRECTORY_KEY_FILE: join(folder, 'directory.key'), LOG_LEVEL: 'error', SCANTILL_ENV: 'development', DATABASE_POOL_MAX: 4, CLOCK_START: clockStart,
});
const { runImports, receiveFile } = wire(platform, { RECONCILIATION_FILES_DIR: join(folder, 'files'), ...own }, []);

process.on('message', (errand: Errand) => void run(errand));
process.send?.('ready');

async function run(errand: Errand): Promise<void> {
  await platform.directory.refresh();
  if (errand.kind === 'take-up') await runImports.start(errand.fileId);
  else await receiveFile.run({ name: errand.name, content: process.stdin, chainId: 'demo', accountTold: null, source: 'upload', sourcePath: null, by: 'a specification' });
}
