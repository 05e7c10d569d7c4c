import crypto, { type KeyObject } from 'node:crypto';

const MARK = 'signature=';
const VERSION = /keyVersion=\s*([^,\s]+)/;

export type SignatureVerdict = 'good' | 'bad' | 'unknown-key';

/** A key of Alipay's own, under the version that its signatures name. */
export interface OwnKey {
  readonly version: string;
  readonly key: KeyObject;
}

/**
 * Alipay's side of signing for one account, written apart from the merchant's library on purpose: a mistake in the one must not be
 * forgiven by the same mistake in the other.
 */
export class AlipaySignatures {
  /** What a header without a version means. */
  private readonly newest: string;

  /** @param merchantKeys by version; while a merchant changes its key, the old and the new one are both good */
  constructor(
    private readonly own: OwnKey,
    private readonly merchantKeys: ReadonlyMap<string, KeyObject>,
  ) {
    this.newest = String(Math.max(...[...merchantKeys.keys()].map(Number)));
  }

  /** @param message what was signed: path with query, client id, the time's header text and the raw body */
  check(message: SignedMessage, header: string): SignatureVerdict {
    const mark = header.indexOf(MARK);
    if (mark === -1) return 'bad';
    const [, version = this.newest] = VERSION.exec(header.slice(0, mark)) ?? [];
    const key = this.merchantKeys.get(version);
    if (!key) return 'unknown-key';
    const signature = Buffer.from(unescape(header.slice(mark + MARK.length)), 'base64');
    return crypto.verify('RSA-SHA256', contentOf(message), key, signature) ? 'good' : 'bad';
  }

  /** @returns the `signature` header; signing runs in the thread pool */
  sign(message: SignedMessage): Promise<string> {
    return new Promise((resolve, reject) => {
      crypto.sign('RSA-SHA256', contentOf(message), this.own.key, (error, signature) => {
        if (error) return reject(error);
        const escaped = new URLSearchParams([['signature', signature.toString('base64')]]).toString();
        return resolve(`algorithm=RSA256,keyVersion=${this.own.version},${escaped}`);
      });
    });
  }

  /** A signature that looks like any other and fits nothing that was sent. */
  forge(message: SignedMessage): Promise<string> {
    return this.sign({ ...message, time: `${message.time} forged` });
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
