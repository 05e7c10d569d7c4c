import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

const RSA_BITS = 2048;
const MEASURE_MS = 1_500;
/** A pay request of ours is about this long. */
const CONTENT = Buffer.alloc(1_024, 'x');

/**
 * Signatures per second that this machine makes one after the other, the way the product makes them: RSA-2048, PKCS #1 v1.5 with SHA-256,
 * off the main thread. Every order costs four (pay, its answer, notification, its answer), so it bounds what any pipeline can do here.
 */
export async function signsPerSecond(): Promise<number> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
  await signOnce(privateKey);
  const startedAt = performance.now();
  let count = 0;
  while (performance.now() < startedAt + MEASURE_MS) {
    await signOnce(privateKey);
    count += 1;
  }
  return (count * 1_000) / (performance.now() - startedAt);
}

function signOnce(key: KeyObject): Promise<void> {
  return new Promise((resolve, reject) => sign('sha256', CONTENT, key, (error) => (error ? reject(error) : resolve())));
}
