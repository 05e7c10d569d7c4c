import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError } from '@scantill/platform';
import { readSources } from './sources.js';

const home = mkdtempSync(join(tmpdir(), 'scantill-sources-'));
afterAll(() => rmSync(home, { recursive: true }));
writeFileSync(join(home, 'password'), 'SECRETsecret\n');

const PIN = `SHA256:${'A'.repeat(43)}`;
const sftp = { kind: 'sftp', id: 'alipay-usd', accountId: 'demo-usd', host: 'isftp.alipay.example', user: 'shop', passwordFile: 'password', hostKeys: [PIN] };

function read(sources: unknown, environment: Record<string, string> = {}) {
  const file = join(home, 'sources.json');
  writeFileSync(file, typeof sources === 'string' ? sources : JSON.stringify({ sources }));
  return readSources(file, environment);
}

describe('a source of files', () => {
  it('is an SFTP server with its secret in a file or in a variable, as often and as far back as Alipay keeps files', () => {
    expect(read([sftp])).toMatchObject([{ host: 'isftp.alipay.example', port: 22, password: 'SECRETsecret', folder: '/v1/settlements', everySeconds: 900, daysBack: 7, listsEmptyDays: false }]);
    const { passwordFile: _, ...without } = sftp;
    expect(read([{ ...without, privateKeyEnv: 'KEY' }], { KEY: String.raw`one\ntwo` })).toMatchObject([{ password: undefined, privateKey: 'one\ntwo' }]);
  });

  it('is a folder, whose path is relative to the file', () => {
    expect(read([{ kind: 'folder', id: 'inbox', accountId: 'demo-usd', folder: 'inbox' }])).toEqual([{ kind: 'folder', id: 'inbox', accountId: 'demo-usd', folder: join(home, 'inbox'), everySeconds: 5, quietSeconds: 60 }]);
  });

  it('need not be there', () => {
    expect(readSources(undefined, {})).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '{"password":"SECRETsecret" oops', 'is no JSON'],
    ['an unknown setting', [{ ...sftp, password: 'SECRETsecret' }], 'sources.0'],
    ['no pinned host key', [{ ...sftp, hostKeys: [] }], 'sources.0.hostKeys'],
    ['a host key that is none', [{ ...sftp, hostKeys: ['MD5:00'] }], 'a fingerprint as ssh-keygen -l shows it'],
    ['no secret', [{ ...sftp, passwordFile: undefined }], 'alipay-usd: name a password or a private key'],
    ['a secret in two places', [{ ...sftp, passwordEnv: 'PASSWORD' }], 'named both as a file and as a variable'],
    ['a variable that is not set', [{ ...sftp, passwordFile: undefined, passwordEnv: 'LOST' }], 'the variable LOST is not set'],
    ['a file that is not there', [{ ...sftp, passwordFile: 'lost' }], 'passwordFile cannot be read: lost'],
    ['a name that is given twice', [sftp, sftp], 'two are called alipay-usd'],
    ['a folder that climbs', [{ ...sftp, folder: 'v1' }], 'sources.0.folder'],
    ['another kind', [{ ...sftp, kind: 'ftp' }], 'sources.0.kind'],
  ])('stops the start when there is %s, and no secret is shown', (_what, sources, reason) => {
    const start = () => read(sources, { PASSWORD: 'SECRETsecret' });
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(reason);
    expect(start).not.toThrow(/SECRETsecret/);
  });
});
