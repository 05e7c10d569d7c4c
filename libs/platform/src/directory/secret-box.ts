import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { assert } from '@scantill/kernel';

const KEY_BYTES = 32;
const IV_BYTES = 12;

/**
 * Seals HMAC secrets for the database and the topic, and raw exchanges with Alipay: AES-256-GCM under a versioned key from a file. The highest version seals;
 * every version that is still in the file opens.
 */
export class SecretBox {
  private constructor(private readonly keys: ReadonlyMap<string, KeyObject>, private readonly newest: string) {}

  /** One `version:base64` per line. */
  static parse(text: string): SecretBox {
    const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
    const keys = new Map(lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), createSecretKey(line.slice(colon + 1), 'base64')] as const;
    }));
    const newest = [...keys.keys()].sort((a, b) => Number(b) - Number(a))[0];
    if (newest === undefined || [...keys.values()].some((key) => key.symmetricKeySize !== KEY_BYTES)) {
      throw new Error(`a key file must hold lines of version:base64 with ${KEY_BYTES} bytes each`);
    }
    return new SecretBox(keys, newest);
  }

  seal(secret: string): string {
    return this.sealBytes(Buffer.from(secret, 'utf8'));
  }

  /** Throws when the key version is gone or the text was changed. */
  open(text: string): string {
    return this.openBytes(text).toString('utf8');
  }

  sealBytes(bytes: Uint8Array): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keys.get(this.newest)!, iv);
    const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
    return [this.newest, ...[iv, cipher.getAuthTag(), sealed].map((part) => part.toString('base64'))].join(':');
  }

  openBytes(text: string): Buffer {
    const [version = '', iv = '', tag = '', sealed = ''] = text.split(':');
    const key = this.keys.get(version);
    assert(key !== undefined, `key version ${version} is not in the key file`);
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'));
    decipher.setAuthTag(Buffer.from(tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(sealed, 'base64')), decipher.final()]);
  }
}
