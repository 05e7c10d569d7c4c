import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TcpLink, TestChain, TestDatabase } from '@scantill/testing';
import { pino } from 'pino';
import { Database } from '../src/database.js';
import { Directory } from '../src/directory/directory.js';
import { KeepDirectory } from '../src/directory/keep-directory.js';
import { SecretBox } from '../src/directory/secret-box.js';
import { SERVICE } from './test-service.js';

/** Several tries at reading it. */
const A_WHILE_MS = 1_500;

describe('a directory whose database is away at the start', () => {
  const key = new TestChain('demo').key(['orders']);
  const entry = key.entry as { keyId: string; sha256: string };
  let outside: TestDatabase;
  let link: TcpLink;
  let database: Database;
  let directory: Directory;

  beforeAll(async () => {
    outside = await TestDatabase.open(SERVICE);
  });

  beforeEach(async () => {
    link = await TcpLink.toUrl(outside.url);
    const log = pino({ level: 'silent' });
    const secrets = SecretBox.parse(`1:${randomBytes(32).toString('base64')}`);
    database = new Database({ url: link.through(outside.url), maxConnections: 2, applicationName: 'directory' }, log);
    await database.transaction((tx) => new KeepDirectory(new Directory(database, secrets, log)).run(tx, [{ kind: 'api-key', id: entry.keyId, data: entry }]));
    directory = new Directory(database, secrets, log);
    await link.cut();
  });

  afterEach(async () => {
    directory.stop();
    await database.close();
    await link.cut();
  });

  afterAll(async () => {
    await outside.close();
  });

  it('does not start before it knows the keys, so that nobody is refused as a stranger', async () => {
    let hasStarted = false;
    const starting = directory.start().then(() => { hasStarted = true; });
    await new Promise((resolve) => setTimeout(resolve, A_WHILE_MS));
    expect(hasStarted).toBe(false);
    await link.mend();
    await starting;
    expect(directory.apiKey(entry.sha256)).toMatchObject({ keyId: entry.keyId });
  });

  it('gives the start up when it is stopped', async () => {
    const starting = directory.start();
    directory.stop();
    await starting;
    expect(directory.apiKey(entry.sha256)).toBeUndefined();
  });
});
