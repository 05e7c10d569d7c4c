import crypto, { type KeyObject } from 'node:crypto';

/** The version under which the merchant's key was uploaded, and that of Alipay's own key. */
export const KEY_VERSION = '1';

const MARK = 'signature=';
const VERSION = /keyVersion=\s*([^,\s]+)/;

export type SignatureVerdict = 'good' | 'bad' | 'unknown-key';

/**
 * Alipay's side of signing, written apart from the merchant's library on purpose: a mistake in the one must not be forgiven by the
 * same mistake in the other.
 */
export class AlipaySignatures {
  constructor(
    private readonly ownKey: KeyObject,
    private readonly merchantKey: KeyObject,
  ) {}

  /** @param message what was signed: path with query, client id, the time's header text and the raw body */
  check(message: SignedMessage, header: string): SignatureVerdict {
    const mark = header.indexOf(MARK);
    if (mark === -1) return 'bad';
    const [, version = KEY_VERSION] = VERSION.exec(header.slice(0, mark)) ?? [];
    if (version !== KEY_VERSION) return 'unknown-key';
    const signature = Buffer.from(unescape(header.slice(mark + MARK.length)), 'base64');
    return crypto.verify('RSA-SHA256', contentOf(message), this.merchantKey, signature) ? 'good' : 'bad';
  }

  /** @returns the `signature` header; signing runs in the thread pool */
  sign(message: SignedMessage): Promise<string> {
    return new Promise((resolve, reject) => {
      crypto.sign('RSA-SHA256', contentOf(message), this.ownKey, (error, signature) => {
        if (error) return reject(error);
        const escaped = new URLSearchParams([['signature', signature.toString('base64')]]).toString();
        return resolve(`algorithm=RSA256,keyVersion=${KEY_VERSION},${escaped}`);
      });
    });
  }
}

export interface SignedMessage {
  readonly path: string;
  readonly clientId: string;
  readonly time: string;
  readonly body: string | Buffer;
}

function contentOf({ path, clientId, time, body }: SignedMessage): Buffer {
  const head = ['POST ', path, '\n', clientId, '.', time, '.'].join('');
  return typeof body === 'string' ? Buffer.from(head + body) : Buffer.concat([Buffer.from(head), body]);
}

/** Undoes URL encoding; what cannot be undone is nobody's signature. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
