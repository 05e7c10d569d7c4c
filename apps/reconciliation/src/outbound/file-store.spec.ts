import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm, utimes, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FileStore, type ReceivedFile } from './file-store.js';

let folder: string;

beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'scantill-files-')); });
afterEach(() => rm(folder, { recursive: true }));

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function received(store: FileStore, ...texts: readonly string[]): Promise<ReceivedFile> {
  const result = await store.receive(chunks(...texts), 4);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value;
}

const filesIn = async () => (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

describe('a received file', () => {
  it('is kept under its SHA-256, or nothing of it is left', async () => {
    const store = new FileStore(folder);
    const file = await received(store, 'ab', 'c');
    expect(file).toMatchObject({ bytes: 3, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' });
    await store.keep(file);
    await store.discard(file);
    expect(await readFile(join(folder, 'ba', file.sha256), 'utf8')).toBe('abc');
    await store.discard(await received(store, 'x'));
    expect(await filesIn()).toHaveLength(1);
  });

  it('has at most so many bytes', async () => {
    const store = new FileStore(folder);
    expect((await received(store, 'abcd')).bytes).toBe(4);
    expect(await store.receive(chunks('abc', 'de', 'f'), 4)).toEqual({ ok: false, error: { kind: 'TooLarge', bytesMax: 4 } });
    expect(await filesIn()).toHaveLength(1);
  });

  it('leaves nothing behind when there is no room for it', async () => {
    const full = async function* () {
      yield* chunks('abc');
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    expect(await new FileStore(folder).receive(full())).toEqual({ ok: false, error: { kind: 'NoRoom' } });
    expect(await filesIn()).toEqual([]);
  });

  it('is the same in whatever pieces it comes', async () => {
    const content = randomBytes(5_000_000);
    const pieces = async function* () {
      for (let [from, size] = [0, 1]; from < content.length; from += size, size = Math.min(2 * size + 1, 1_500_000)) yield content.subarray(from, from + size);
    };
    const result = await new FileStore(folder).receive(pieces());
    if (!result.ok) throw new Error(result.error.kind);
    expect(result.value).toMatchObject({ bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
    expect((await readFile(result.value.path)).equals(content)).toBe(true);
  });

  it.each([['ENOSPC', 'datasync'], ['EIO', 'datasync'], ['ENOSPC', 'appendFile'], ['EIO', 'appendFile'], ['EIO', 'sync']] as const)('leaves nothing behind when the disk says %s to %s', async (code, method) => {
    const handle = await open(join(folder, 'any'), 'w');
    const failing = jest.spyOn(Object.getPrototypeOf(handle) as FileHandle, method).mockRejectedValueOnce(Object.assign(new Error('the disk said so'), { code }));
    try {
      const large = async function* () {
        for (let part = 0; part < 3; part += 1) yield Buffer.alloc(16 * 1024 ** 2);
      };
      const receiving = new FileStore(folder).receive(large());
      await (code === 'ENOSPC' ? expect(receiving).resolves.toEqual({ ok: false, error: { kind: 'NoRoom' } }) : expect(receiving).rejects.toThrow('the disk said so'));
      expect((await filesIn()).map(({ name }) => name)).toEqual(['any']);
    } finally {
      failing.mockRestore();
      await handle.close();
    }
  });

  it('that a killed process was receiving is removed after a while, and one that is being received is not', async () => {
    const store = new FileStore(folder);
    await received(store, 'old');
    const [old] = await readdir(join(folder, 'incoming'));
    await utimes(join(folder, 'incoming', old!), new Date(0), new Date(Date.now() - 2 * 3_600_000));
    const { path } = await received(store, 'new');
    await store.clear();
    expect((await filesIn()).map(({ name }) => join(folder, 'incoming', name))).toEqual([path]);
  });

  it('leaves nothing behind when its sender breaks off', async () => {
    const broken = async function* () {
      yield* chunks('abc');
      throw new Error('gone');
    };
    await expect(new FileStore(folder).receive(broken())).rejects.toThrow('gone');
    expect(await filesIn()).toEqual([]);
  });
});
