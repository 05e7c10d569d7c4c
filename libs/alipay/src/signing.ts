import { createPrivateKey, createPublicKey, createVerify, KeyObject, sign as signWithKey } from 'node:crypto';

/** Key version → PEM text or an already parsed key. Several versions live at once while keys are being changed. */
export type KeysByVersion = Readonly<Record<string, string | KeyObject>>;

/** What `Signature: algorithm=RSA256,keyVersion=1,signature=…` says. */
export interface SignatureHeader {
  readonly keyVersion: string | undefined;
  readonly signature: Buffer;
}

/** What is signed besides the body. `time` is the header's own text: requests carry milliseconds, answers ISO 8601. */
export interface SignedParts {
  readonly path: string;
  readonly clientId: string;
  readonly time: string;
}

/** An RSA-4096 signature, URL-encoded character by character, is 2,100 characters long. */
const MAX_HEADER_LENGTH = 4_096;
const STANDARD_BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** `crypto.sign` takes PKCS #1 v1.5 padding for RSA keys unless told otherwise, which is what Alipay expects. */
const HASH = 'sha256';

/** Alipay's canonical text up to the body: `POST <path>\n<client>.<time>.` */
export function signedPrefix(parts: SignedParts): string {
  return `POST ${parts.path}\n${parts.clientId}.${parts.time}.`;
}

/** Signs with the highest key version, which is the one Alipay takes as current. */
export class Signer {
  readonly keyVersion: string;
  private readonly key: KeyObject;

  constructor(privateKeys: KeysByVersion) {
    this.keyVersion = newestVersion(privateKeys);
    this.key = parseKey(privateKeys[this.keyVersion], createPrivateKey);
  }

  /**
   * Signs `<prefix><body>` (both UTF-8) off the main thread and answers the value of the `Signature` header.
   * @param content the canonical text, prefix and body, as the bytes that go out
   */
  sign(content: Uint8Array): Promise<string> {
    return new Promise((resolve, reject) => {
      signWithKey(HASH, content, this.key, (error, signature) => {
        if (error) reject(error);
        else resolve(formatSignatureHeader(this.keyVersion, signature));
      });
    });
  }
}

/** Checks signatures of the other side. Never throws for what was received: whatever is not a good signature is `false`. */
export class Verifier {
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly newest: string;

  constructor(publicKeys: KeysByVersion) {
    this.newest = newestVersion(publicKeys);
    this.keys = new Map(Object.entries(publicKeys).map(([version, key]) => [version, parseKey(key, createPublicKey)]));
  }

  /** A header that names no version means the newest key (Alipay's default). */
  knows(keyVersion: string | undefined): boolean {
    return this.keys.has(keyVersion ?? this.newest);
  }

  /**
   * @param parts path, client id and time exactly as sent
   * @param body the raw bytes; parsing and printing them again would change what was signed
   * @param header the whole `Signature` header, or nothing
   */
  verify(parts: SignedParts, body: Uint8Array, header: string | undefined): boolean {
    const parsed = parseSignatureHeader(header);
    const key = parsed && this.keys.get(parsed.keyVersion ?? this.newest);
    if (!parsed || !key) return false;
    // Fed in two steps, so that the body need not be copied behind the prefix.
    return createVerify(HASH).update(signedPrefix(parts)).update(body).verify(key, parsed.signature);
  }
}

export function formatSignatureHeader(keyVersion: string, signature: Buffer): string {
  return `algorithm=RSA256,keyVersion=${keyVersion},signature=${encodeURIComponent(signature.toString('base64'))}`;
}

/** Reads the header; `undefined` for anything that is not `algorithm=RSA256` with a URL-encoded standard base64 signature. */
export function parseSignatureHeader(header: string | undefined): SignatureHeader | undefined {
  if (header === undefined || header.length > MAX_HEADER_LENGTH) return undefined;
  let algorithm: string | undefined;
  let keyVersion: string | undefined;
  let encoded: string | undefined;
  for (const part of header.split(',')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, equals).trim();
    const value = part.slice(equals + 1).trim();
    if (name === 'algorithm') algorithm = value;
    else if (name === 'keyVersion') keyVersion = value;
    else if (name === 'signature') encoded = value;
    // A word that was changed on the way must not pass for one that was left out.
    else return undefined;
  }
  const signature = algorithm === 'RSA256' && encoded !== undefined ? decodeSignature(encoded) : undefined;
  return signature && { keyVersion, signature };
}

/** Alipay's own samples use upper-case escapes in requests and lower-case ones in notifications. */
function decodeSignature(encoded: string): Buffer | undefined {
  try {
    const base64 = decodeURIComponent(encoded);
    const signature = STANDARD_BASE64.test(base64) ? Buffer.from(base64, 'base64') : undefined;
    // Its last character has bits that no byte uses: only one of the spellings is what was signed.
    return signature?.toString('base64') === base64 ? signature : undefined;
  } catch {
    return undefined;
  }
}

function newestVersion(keys: KeysByVersion): string {
  const newest = Object.keys(keys).sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error('at least one key version is needed');
  return newest;
}

function parseKey(key: string | KeyObject | undefined, parse: (pem: string) => KeyObject): KeyObject {
  const parsed = key instanceof KeyObject ? key : parse(key ?? '');
  if (parsed.asymmetricKeyType !== 'rsa') throw new Error('Alipay signs with RSA keys only');
  return parsed;
}
