import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { z } from 'zod';
import { alipayId } from '../config.js';
import { readJsonFile } from '../json-file.js';

const user = z.strictObject({
  user: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
  password: z.string().min(8).max(128).optional(),
  /** One line each, as OpenSSH writes them; relative to the users file. */
  publicKeyFiles: z.array(z.string().min(1)).max(10).default([]),
  /** Whose files are shown. */
  customerIds: z.array(alipayId).min(1).max(100),
}).refine(({ password, publicKeyFiles }) => password !== undefined || publicKeyFiles.length > 0, 'a password or a public key is needed');
const usersFile = z.strictObject({ users: z.array(user).min(1).max(1_000) });

/** Somebody who may fetch files. */
export interface SftpUser {
  readonly name: string;
  readonly customerIds: readonly string[];
  hasPassword(password: string): boolean;
  /** The key as the user showed it, when it is one of theirs. */
  keyOf(algorithm: string, bytes: Buffer): ParsedKey | undefined;
}

/** @throws if the file or a key cannot be read; passwords are not repeated */
export function readUsers(file: string): ReadonlyMap<string, SftpUser> {
  return new Map(readJsonFile(usersFile, file).users.map((each) => [each.user, toUser(each, dirname(file))]));
}

function toUser({ user: name, password, publicKeyFiles, customerIds }: z.infer<typeof user>, folder: string): SftpUser {
  const keys = publicKeyFiles.map((path) => readPublicKey(resolve(folder, path)));
  return {
    name, customerIds,
    hasPassword: (given) => password !== undefined && timingSafeEqual(digest(password), digest(given)),
    keyOf: (algorithm, bytes) => keys.find((key) => key.type === algorithm && key.getPublicSSH().equals(bytes)),
  };
}

function readPublicKey(path: string): ParsedKey {
  const parsed = ssh2.utils.parseKey(readFileSync(path));
  if (parsed instanceof Error) throw new Error(`${path} is no public key: ${parsed.message}`);
  return Array.isArray(parsed) ? parsed[0]! : parsed;
}

/** Of equal length, whatever was given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
