import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CUSTOMER_ID, payRequest, TestSimulator } from './start-simulator.js';

const run = promisify(execFile);
const OTHER = '1022188000000000009';
const PASSWORD = 'correct horse battery';
const simulator = new TestSimulator();
const at = (name: string) => join(simulator.dataDir, name);
let port = 0;
let remotePath = '';
let written = '';

/** OpenSSH's own client, which knows the host after the first time. */
async function sftp(commands: string, ...options: string[]): Promise<string> {
  const batch = at('batch');
  writeFileSync(batch, commands);
  const { stdout } = await run('sftp', [
    '-b', batch, '-P', String(port), '-i', at('id'), '-o', 'IdentitiesOnly=yes', '-o', `UserKnownHostsFile=${at('known_hosts')}`, '-o', 'StrictHostKeyChecking=accept-new', ...options, 'shop@127.0.0.1',
  ]);
  return stdout;
}

/** With a password, as most merchants do. */
async function withPassword(password: string): Promise<string> {
  writeFileSync(at('ask'), `#!/bin/sh\necho '${password}'\n`, { mode: 0o700 });
  const options = ['-P', String(port), '-o', 'PreferredAuthentications=password', '-o', 'NumberOfPasswordPrompts=1', '-o', `UserKnownHostsFile=${at('known_hosts')}`, '-o', 'StrictHostKeyChecking=accept-new'];
  const { stdout } = await run('sh', ['-c', `echo 'ls ${dirname(remotePath)}' | sftp ${options.join(' ')} shop@127.0.0.1`], { env: { ...process.env, SSH_ASKPASS: at('ask'), SSH_ASKPASS_REQUIRE: 'force' } });
  return stdout;
}

beforeAll(async () => {
  if (spawnSync('sftp', ['-V']).error !== undefined) throw new Error('OpenSSH is needed here: install openssh-client, so that its sftp can fetch from the simulator');
  mkdirSync(simulator.dataDir, { recursive: true });
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('id')]);
  writeFileSync(at('users.json'), JSON.stringify({ users: [
    { user: 'shop', password: PASSWORD, publicKeyFiles: ['id.pub'], customerIds: [CUSTOMER_ID] }, { user: 'other', password: PASSWORD, customerIds: [OTHER] },
  ] }));
  const opened = await simulator.start({ CLOCK_START: '2026-10-10T12:00:00+08:00', SIMULATOR_SFTP_USERS_FILE: at('users.json') });
  port = await opened.sftp!.listen('127.0.0.1', 0);
  const { code } = await simulator.issue(payRequest({ id: 'P1' }));
  await simulator.control('confirm', { code });
  const { body } = await simulator.control('close-day', {});
  remotePath = String(body['remotePath']);
  written = readFileSync(String(body['path']), 'utf8');
});
afterAll(() => simulator.remove());

describe("the simulator's files by SFTP", () => {
  it("are fetched by OpenSSH's own sftp with a key, to the byte", async () => {
    const local = at('fetched.csv');
    const listed = await sftp(`ls -l ${dirname(remotePath)}\nget ${remotePath} ${local}\n`);
    expect(listed).toContain('transactionItems_20261010_000.csv');
    expect(readFileSync(local, 'utf8')).toBe(written);
  });

  it('are fetched with a password, and not with another', async () => {
    expect(await withPassword(PASSWORD)).toContain('transactionItems_20261010_000.csv');
    await expect(withPassword('wrong horse')).rejects.toThrow('Permission denied');
  });

  it('have a host key that stays the same, whose fingerprint clients can pin', async () => {
    await sftp('pwd\n');
    const { stdout } = await run('ssh-keygen', ['-lf', at('known_hosts')]);
    const fingerprint = await restart();
    expect(fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(stdout).toContain(fingerprint);
  });

  it('cannot be changed', async () => {
    writeFileSync(at('mine.csv'), 'mine');
    const before = readdirSync(dirname(join(at('sftp'), remotePath)));
    for (const command of [`put ${at('mine.csv')} ${remotePath}`, `put ${at('mine.csv')} ${dirname(remotePath)}/mine.csv`, `rm ${remotePath}`, `rename ${remotePath} ${remotePath}.old`, 'mkdir /v1/settlements/x', `chmod 777 ${remotePath}`]) {
      await expect(sftp(`${command}\n`)).rejects.toThrow(/denied|failure/i);
    }
    expect([readdirSync(dirname(join(at('sftp'), remotePath))), readFileSync(join(at('sftp'), remotePath), 'utf8')]).toEqual([before, written]);
  });

  it("are one customer's own, and nothing beside or behind them", async () => {
    mkdirSync(join(at('sftp'), `v1/settlements/${OTHER}/20261010`), { recursive: true });
    writeFileSync(join(at('sftp'), `v1/settlements/${OTHER}/20261010/transactionItems_20261010_000.csv`), 'theirs');
    writeFileSync(join(dirname(join(at('sftp'), remotePath)), 'unfinished.csv.part'), 'half');
    symlinkSync(at('users.json'), join(dirname(join(at('sftp'), remotePath)), 'link.csv'));
    const listed = await sftp(`ls -1 /v1/settlements\nls -1 ${dirname(remotePath)}\n`);
    expect(listed).not.toMatch(new RegExp(`${OTHER}|unfinished|link`));
    const folder = dirname(remotePath);
    for (const path of [`/v1/settlements/${OTHER}/20261010/transactionItems_20261010_000.csv`, `${folder}/link.csv`, `${folder}/../../../../../journal.jsonl`, '/journal.jsonl', `${folder}/unfinished.csv.part`]) {
      await expect(sftp(`get ${path} ${at('stolen')}\n`)).rejects.toThrow(/not found|no such/i);
    }
  });
});

async function restart(): Promise<string> {
  await simulator.stop();
  const opened = await simulator.start({ CLOCK_START: '2026-10-10T12:00:00+08:00', SIMULATOR_SFTP_USERS_FILE: at('users.json') });
  port = await opened.sftp!.listen('127.0.0.1', 0);
  return opened.sftp!.fingerprint;
}
