import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { signedPrefix, Signer } from '@scantill/alipay';
import { ConfigError } from '@scantill/platform';
import { readAccounts } from './accounts.js';

const folder = mkdtempSync(join(tmpdir(), 'scantill-accounts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pem = (key: KeyObject) => key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }).toString();
const [merchant, alipay] = [generateKeyPairSync('rsa', { modulusLength: 2048 }), generateKeyPairSync('rsa', { modulusLength: 2048 })];
const GARBAGE = '-----BEGIN PRIVATE KEY-----\nSECRETsecretSECRET\n-----END PRIVATE KEY-----\n';
writeFileSync(join(folder, 'merchant.pem'), pem(merchant.privateKey));
writeFileSync(join(folder, 'alipay.pem'), pem(alipay.publicKey));
writeFileSync(join(folder, 'garbage.pem'), GARBAGE);
writeFileSync(join(folder, 'elliptic.pem'), pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey));

const files = { merchantPrivateKeyFiles: { 1: 'merchant.pem' }, alipayPublicKeyFiles: { 1: 'alipay.pem' } };
const environment = {
  MERCHANT_KEY: pem(merchant.privateKey), ALIPAY_KEY: pem(alipay.publicKey), ONE_LINE: pem(merchant.privateKey).replaceAll('\n', String.raw`\n`), GARBAGE, EMPTY: '',
};

function read(account: object | string) {
  const file = join(folder, 'accounts.json');
  writeFileSync(file, typeof account === 'string' ? account : JSON.stringify({ accounts: [{ accountId: 'demo-usd', clientId: 'T_1', baseUrl: 'http://127.0.0.1:1', ...account }] }));
  return readAccounts(file, { timeoutMs: 1_000, connections: 1, environment });
}

describe('the keys of an account', () => {
  it.each<[string, object]>([
    ['files', files],
    ['the environment', { merchantPrivateKeyEnv: { 1: 'MERCHANT_KEY' }, alipayPublicKeyEnv: { 1: 'ALIPAY_KEY' } }],
    ['variables of one line', { merchantPrivateKeyEnv: { 1: 'ONE_LINE' }, alipayPublicKeyEnv: { 1: 'ALIPAY_KEY' } }],
    ['both, by version', { ...files, merchantPrivateKeyEnv: { 2: 'MERCHANT_KEY' } }],
  ])('come from %s', async (_where, account) => {
    const { clients, verifierOf } = read(account);
    expect([...clients.keys()]).toEqual(['demo-usd']);
    const parts = { path: '/notify', clientId: 'T_1', time: '1' };
    const signature = await new Signer({ 1: alipay.privateKey }).sign(Buffer.from(`${signedPrefix(parts)}{}`));
    expect(verifierOf('T_1')?.verify(parts, Buffer.from('{}'), signature)).toBe(true);
    expect(verifierOf('T_2')).toBeUndefined();
    await Promise.all([...clients.values()].map((client) => client.close()));
  });

  it.each<[string, object, string]>([
    ['a file that is no key', { ...files, merchantPrivateKeyFiles: { 1: 'garbage.pem' } }, ''],
    ['a variable that is no key', { ...files, merchantPrivateKeyFiles: {}, merchantPrivateKeyEnv: { 1: 'GARBAGE' } }, ''],
    ['a key of another kind', { ...files, merchantPrivateKeyFiles: { 1: 'elliptic.pem' } }, 'RSA keys only'],
    ['a public key for the private one', { ...files, merchantPrivateKeyFiles: { 1: 'alipay.pem' } }, ''],
    ['a file that is not there', { ...files, alipayPublicKeyFiles: { 1: 'lost.pem' } }, 'lost.pem'],
    ['a variable that is not set', { ...files, alipayPublicKeyEnv: { 2: 'LOST' } }, 'the variable LOST is not set'],
    ['an empty variable', { ...files, alipayPublicKeyEnv: { 2: 'EMPTY' } }, 'the variable EMPTY is not set'],
    ['one version in two places', { ...files, merchantPrivateKeyEnv: { 1: 'MERCHANT_KEY' } }, 'version 1 is named both as a file and as a variable'],
    ['no key at all', { alipayPublicKeyFiles: files.alipayPublicKeyFiles }, 'at least one key version is needed'],
  ])('stop the start when there is %s; the account is named, the key is not shown', (_what, account, reason) => {
    const start = () => read(account);
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(/^The keys of account demo-usd cannot be used: ./);
    expect(start).toThrow(reason);
    expect(start).not.toThrow(/secret/i);
  });

  it.each<[string, object | string]>([
    ['is no JSON', '{"accounts":[{"agentToken":"SECRETsecret" oops'],
    ['has an unknown name', { ...files, agentTokn: 'SECRETsecret' }],
    ['has an agent token that is too long', { ...files, agentToken: 'SECRETsecret'.repeat(20) }],
  ])('stop the start when their file %s, and nothing of it is shown', (_what, account) => {
    const start = () => read(account);
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(/accounts\.json cannot be/);
    expect(start).not.toThrow(/secret/i);
  });
});
