import { readFileSync } from 'node:fs';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { formatSignatureHeader, parseSignatureHeader, signedPrefix, Signer, Verifier } from './signing.js';

interface Message { path: string; requestTime?: string; responseTime?: string; body: string; contentToBeSigned?: string; contentToBeVerified?: string; signature: string }
interface Vectors {
  merchantPrivateKeyPkcs8B64: string; merchantPublicKeySpkiB64: string; alipayPrivateKeyPkcs8B64: string; alipayPublicKeySpkiB64: string;
  clientId: string; request: Message; response: Message; notify: Message;
}

const vectors = JSON.parse(readFileSync(new URL('./testing-vectors/signatures.json', import.meta.url), 'utf8')) as Vectors;
const privateKey = (base64: string) => createPrivateKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'pkcs8' });
const publicKey = (base64: string) => createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
const parts = ({ path, requestTime, responseTime }: Message) => ({ path, clientId: vectors.clientId, time: requestTime ?? responseTime ?? '' });
const header = (signature: string, separator = ',') => ['algorithm=RSA256', 'keyVersion=1', `signature=${signature}`].join(separator);

const merchant = { key: privateKey(vectors.merchantPrivateKeyPkcs8B64), verifier: new Verifier({ 1: publicKey(vectors.merchantPublicKeySpkiB64) }) };
const alipay = { key: privateKey(vectors.alipayPrivateKeyPkcs8B64), verifier: new Verifier({ 1: publicKey(vectors.alipayPublicKeySpkiB64) }) };

describe.each([
  ['request', vectors.request, merchant],
  ['response', vectors.response, alipay],
  ['notification', vectors.notify, alipay],
] as const)('the known %s', (_name, message, { key, verifier }) => {
  const body = Buffer.from(message.body);

  it('has the canonical text', () => {
    expect(signedPrefix(parts(message)) + message.body).toBe(message.contentToBeSigned ?? message.contentToBeVerified);
  });

  it('is signed with the known signature', async () => {
    const content = Buffer.from(signedPrefix(parts(message)) + message.body);
    expect(await new Signer({ 1: key }).sign(content)).toBe(header(message.signature));
  });

  it('is verified, with or without spaces in the header and with lower-case escapes', () => {
    expect(verifier.verify(parts(message), body, header(message.signature))).toBe(true);
    expect(verifier.verify(parts(message), body, header(message.signature, ', '))).toBe(true);
    expect(verifier.verify(parts(message), body, header(message.signature.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())))).toBe(true);
  });

  it('is refused when anything that is signed changes', () => {
    const signature = header(message.signature);
    const good = parts(message);
    const changed = Buffer.from(body);
    changed[body.length - 3] = 0x20;
    expect(verifier.verify(good, changed, signature)).toBe(false);
    expect(verifier.verify(good, Buffer.from(`${message.body} `), signature)).toBe(false);
    expect(verifier.verify({ ...good, path: `${good.path}?a=1` }, body, signature)).toBe(false);
    expect(verifier.verify({ ...good, clientId: 'T_1' }, body, signature)).toBe(false);
    expect(verifier.verify({ ...good, time: `${good.time}0` }, body, signature)).toBe(false);
  });
});

describe('a signature header that is not one', () => {
  const { signature } = vectors.request;
  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['no signature', 'algorithm=RSA256,keyVersion=1'],
    ['an empty signature', header('')],
    ['another algorithm', header(signature).replace('RSA256', 'RSA512')],
    ['no algorithm', `keyVersion=1,signature=${signature}`],
    ['an unknown key version', header(signature).replace('keyVersion=1', 'keyVersion=2')],
    ['a word that nobody knows', header(signature).replace('keyVersion', 'keyVersiom')],
    ['a broken escape', header('%E0%A4%A')],
    ['not base64', header('***')],
    ['base64url', header(signature.replaceAll('%2B', '-').replaceAll('%2F', '_'))],
    ['a short signature', header('AAAA')],
    ['a very long header', header('A'.repeat(10_000))],
    ['unprintable characters', '\u0000\uffff=,=,,,=='],
  ])('is false for %s', (_name, value) => {
    expect(merchant.verifier.verify(parts(vectors.request), Buffer.from(vectors.request.body), value)).toBe(false);
  });
});

describe('several key versions', () => {
  const older = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const newer = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const content = Buffer.from('POST /p\nC.1.{}');
  const both = new Verifier({ 2: older.publicKey, 10: newer.publicKey });

  it('signs with the highest', async () => {
    const signer = new Signer({ 2: older.privateKey, 10: newer.privateKey });
    expect(signer.keyVersion).toBe('10');
    expect(both.verify({ path: '/p', clientId: 'C', time: '1' }, Buffer.from('{}'), await signer.sign(content))).toBe(true);
  });

  it('verifies each with its own key, and one that is not named with the newest', async () => {
    const old = await new Signer({ 2: older.privateKey }).sign(content);
    const unnamed = (await new Signer({ 10: newer.privateKey }).sign(content)).replace('keyVersion=10,', '');
    const check = (value: string) => both.verify({ path: '/p', clientId: 'C', time: '1' }, Buffer.from('{}'), value);
    expect([check(old), check(old.replace('keyVersion=2', 'keyVersion=10')), check(unnamed)]).toEqual([true, false, true]);
    expect([both.knows('2'), both.knows('3'), both.knows(undefined)]).toEqual([true, false, true]);
  });

  it('refuses to start without a key, or with one that is not RSA', () => {
    expect(() => new Signer({})).toThrow('at least one key version');
    expect(() => new Verifier({ 1: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey })).toThrow('RSA keys only');
  });
});

it('takes SHA-256 only, although another hash would fit the key as well', async () => {
  const { sign } = await import('node:crypto');
  const content = Buffer.from(vectors.request.contentToBeSigned ?? '');
  const strong = formatSignatureHeader('1', sign('sha512', content, merchant.key));
  expect(parseSignatureHeader(strong)).toBeDefined();
  expect(merchant.verifier.verify(parts(vectors.request), Buffer.from(vectors.request.body), strong)).toBe(false);
});
