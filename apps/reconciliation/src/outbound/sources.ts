import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '@scantill/platform';
import { z } from 'zod';

const SOURCES_MAX = 1_000;
const DAY_SECONDS = 86_400;

const common = {
  id: z.string().regex(/^[a-z0-9-]{1,64}$/, 'small letters, digits and hyphens, at most 64'),
  accountId: z.string().min(1).max(64),
};
const sftp = z.strictObject({
  kind: z.literal('sftp'), ...common,
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535).default(22),
  user: z.string().min(1).max(128),
  /** The secret itself stands in a file or in a variable, never here. */
  passwordFile: z.string().min(1).optional(),
  passwordEnv: z.string().min(1).optional(),
  privateKeyFile: z.string().min(1).optional(),
  privateKeyEnv: z.string().min(1).optional(),
  hostKeys: z.array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'a fingerprint as ssh-keygen -l shows it: SHA256: and 43 characters')).min(1).max(10),
  folder: z.string().regex(/^\/[A-Za-z0-9_./-]*$/).default('/v1/settlements'),
  everySeconds: z.int().min(5).max(DAY_SECONDS).default(900),
  /** Alipay may delete files that are older than seven days. */
  daysBack: z.int().min(1).max(90).default(7),
  /** Whether Alipay writes a file for a day on which nothing was sold. */
  listsEmptyDays: z.boolean().default(false),
});
const folder = z.strictObject({
  kind: z.literal('folder'), ...common,
  folder: z.string().min(1),
  everySeconds: z.int().min(1).max(DAY_SECONDS).default(5),
  /** A file without an end marker is taken once it has not grown for so long. */
  quietSeconds: z.int().min(1).max(DAY_SECONDS).default(60),
});
const sourcesFile = z.strictObject({ sources: z.array(z.discriminatedUnion('kind', [sftp, folder])).max(SOURCES_MAX) });

export type FolderSource = z.infer<typeof folder>;
export interface SftpSource extends Omit<z.infer<typeof sftp>, 'passwordFile' | 'passwordEnv' | 'privateKeyFile' | 'privateKeyEnv'> {
  /** One of them, or both. */
  readonly password: string | undefined;
  readonly privateKey: string | undefined;
}
export type Source = SftpSource | FolderSource;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where files come from by themselves. Paths are relative to the sources file.
 * @throws ConfigError with all that is wrong; no secret is ever part of it
 */
export function readSources(file: string | undefined, environment: Environment): readonly Source[] {
  if (file === undefined) return [];
  const { sources } = parse(file);
  const problems = [...repeated(sources.map(({ id }) => id)).map((id) => `  sources: two are called ${id}`)];
  const read = sources.map((source): Source => {
    if (source.kind === 'folder') return { ...source, folder: resolve(dirname(file), source.folder) };
    const { passwordFile, passwordEnv, privateKeyFile, privateKeyEnv, ...rest } = source;
    const secret = secretReader(dirname(file), environment, (problem) => problems.push(`  ${source.id}: ${problem}`));
    const [password, privateKey] = [secret('password', passwordFile, passwordEnv)?.trim(), secret('privateKey', privateKeyFile, privateKeyEnv)];
    if ([passwordFile, passwordEnv, privateKeyFile, privateKeyEnv].every((each) => each === undefined)) problems.push(`  ${source.id}: name a password or a private key: passwordFile, passwordEnv, privateKeyFile or privateKeyEnv`);
    return { ...rest, password, privateKey };
  });
  if (problems.length > 0) throw new ConfigError(`${file} cannot be used:\n${problems.join('\n')}`);
  return read;
}

function parse(file: string): z.infer<typeof sourcesFile> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // What JSON.parse says quotes the file.
    throw new ConfigError(`${file} cannot be read: ${error instanceof SyntaxError ? 'it is no JSON' : String(error)}`);
  }
  const parsed = sourcesFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(all of it)'}: ${issue.message}`);
  throw new ConfigError(`${file} cannot be used:\n${lines.join('\n')}`);
}

function secretReader(base: string, environment: Environment, refuse: (problem: string) => void) {
  return (what: string, file: string | undefined, variable: string | undefined): string | undefined => {
    if (file !== undefined && variable !== undefined) refuse(`${what} is named both as a file and as a variable`);
    if (variable !== undefined) {
      if (!environment[variable]) refuse(`the variable ${variable} is not set`);
      return environment[variable]?.replaceAll(String.raw`\n`, '\n');
    }
    if (file === undefined) return undefined;
    try {
      return readFileSync(resolve(base, file), 'utf8');
    } catch {
      refuse(`${what}File cannot be read: ${file}`);
      return undefined;
    }
  };
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}
